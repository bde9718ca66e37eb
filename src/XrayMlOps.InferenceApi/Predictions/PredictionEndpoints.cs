using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Inference.Scheduling;
using XrayMlOps.InferenceApi.Models;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>What a request may ask for besides the label.</summary>
internal readonly record struct PredictionQuery(
    [property: FromQuery(Name = "explain")]
    [property: Description("Whether to say where in the film the label comes from: a heat map, as numbers and as a picture.")]
    bool? Explain,
    [property: FromQuery(Name = "timeoutMs"), Range(1, PredictionEndpoints.LongestTimeoutMs)]
    [property: Description("Milliseconds after which the answer is of no use, 1 to 600,000; a film that would be late is turned away.")]
    int? TimeoutMs);

internal static class PredictionEndpoints
{
    public const int LongestTimeoutMs = 600_000;

    public static void MapPredictions(this RouteGroupBuilder routes)
    {
        Describe(routes.MapPost("/predict", PredictWithChampionAsync)).WithName("Predict").WithSummary("Classifies one film, or several, with the champion");
        Describe(routes.MapPost("/models/{reference}/predict", PredictAsync)).WithName("PredictWith")
            .WithSummary("Classifies one film, or several, with any alias or version of a model")
            .ProducesProblem(StatusCodes.Status404NotFound);

        static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
            .RequireAuthorization(Policies.Predict)
            .Produces<PredictionResponse>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .DescribeBodies();
    }

    private static Task<IResult> PredictWithChampionAsync(
        HttpContext context, [AsParameters] PredictionQuery query, ServedModels models, Predictor predictor, InferenceEngine engine, IOptions<InferenceOptions> options,
        CancellationToken cancellationToken) =>
        PredictAsync(context, options.Value.Model, query, models, predictor, engine, options, cancellationToken);

    private static async Task<IResult> PredictAsync(
        HttpContext context,
        [Description("`chest-xray` (its champion), `chest-xray@challenger` or `chest-xray:3`; the first request for one loads it.")] string reference,
        [AsParameters] PredictionQuery query, ServedModels models, Predictor predictor, InferenceEngine engine, IOptions<InferenceOptions> options,
        CancellationToken cancellationToken)
    {
        var arrived = Stopwatch.GetTimestamp();
        FilmUpload.LimitBody(context, options.Value.MaxBytes);
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var contentType)) return PredictionProblem.ContentType(context.Request.ContentType);
        var isMultipart = contentType.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        if (!isMultipart && !FilmUpload.IsOneFilm(contentType)) return PredictionProblem.ContentType(context.Request.ContentType);
        if (query.TimeoutMs is < 1 or > LongestTimeoutMs) return PredictionProblem.Timeout(LongestTimeoutMs);

        // Leased before the body is read, so that without a model nothing is uploaded in vain, and one model answers a whole request.
        var acquired = await models.AcquireAsync(reference, cancellationToken);
        using var lease = acquired.Lease;
        if (lease is null) return PredictionProblem.NoModel(acquired);
        var explains = query.Explain == true;
        if (explains && lease.Session.Explanation is null) return PredictionProblem.NoHeatMap(lease.Model);
        if (engine.IsFull) return PredictionProblem.Busy(engine.ExpectedWait);

        var deadline = query.TimeoutMs is { } milliseconds ? arrived + milliseconds * (Stopwatch.Frequency / 1000) : long.MaxValue;
        Task<PredictionOutcome> Predict(FilmUpload film) => predictor.PredictAsync(lease, film, explains, deadline, cancellationToken);
        return isMultipart
            ? await PredictPartsAsync(context.Request, contentType, Predict, engine, options.Value, cancellationToken)
            : await PredictOneAsync(context.Request, Predict, engine, cancellationToken);
    }

    private static async Task<IResult> PredictOneAsync(
        HttpRequest request, Func<FilmUpload, Task<PredictionOutcome>> predict, InferenceEngine engine, CancellationToken cancellationToken)
    {
        using var film = await FilmUpload.ReadOneAsync(request, cancellationToken);
        if (film.Bytes.Memory.IsEmpty) return PredictionProblem.EmptyBody;
        return await predict(film) switch
        {
            PredictionOutcome.Predicted predicted => TypedResults.Json(predicted.Response, PredictionJson.Answers.PredictionResponse),
            PredictionOutcome.Refused refused => PredictionProblem.Film(refused),
            _ => PredictionProblem.Busy(engine.ExpectedWait),
        };
    }

    private static async Task<IResult> PredictPartsAsync(
        HttpRequest request, MediaTypeHeaderValue contentType, Func<FilmUpload, Task<PredictionOutcome>> predict, InferenceEngine engine, InferenceOptions options,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<FilmUpload> films;
        try
        {
            films = await FilmUpload.ReadPartsAsync(request, contentType, options.MaxFilms, cancellationToken);
        }
        catch (InvalidDataException malformed)
        {
            return PredictionProblem.Multipart(malformed.Message);
        }
        if (films.Count == 0) return PredictionProblem.EmptyBody;
        try
        {
            var outcomes = await Task.WhenAll(films.Select(predict));
            var parts = films.Zip(outcomes, (film, outcome) => Part(film.File!, outcome)).ToArray();
            if (parts.Any(part => part.Prediction is not null)) return TypedResults.Json(new PredictionsResponse(parts), PredictionJson.Answers.PredictionsResponse);
            return outcomes.OfType<PredictionOutcome.Busy>().Any() ? PredictionProblem.Busy(engine.ExpectedWait) : PredictionProblem.Films(parts);
        }
        finally
        {
            foreach (var film in films) film.Dispose();
        }
    }

    private static PartResponse Part(string file, PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.Predicted predicted => new PartResponse(file, predicted.Response, null),
        PredictionOutcome.Refused refused => new PartResponse(file, null, refused.Reason),
        _ => new PartResponse(file, null, "busy: too many films are waiting; send it again a little later"),
    };
}
