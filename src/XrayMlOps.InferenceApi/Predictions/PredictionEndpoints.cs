using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Inference;

namespace XrayMlOps.InferenceApi.Predictions;

internal static class PredictionEndpoints
{
    public static void MapPredictions(this RouteGroupBuilder routes) =>
        routes.MapPost("/predict", PredictAsync).WithName("Predict").WithSummary("Classifies one film, or several in multipart/form-data")
            .WithDescription("The body is the bytes of a JPEG, PNG or DICOM file (PredictionResponse), or multipart/form-data (PredictionsResponse: a line a part, in order).")
            .Produces<PredictionResponse>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .DescribeFilmBody();

    private static async Task<IResult> PredictAsync(
        HttpContext context, ModelSlot slot, Predictor predictor, IOptions<InferenceOptions> options, CancellationToken cancellationToken)
    {
        FilmUpload.LimitBody(context, options.Value.MaxBytes);
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var contentType)) return PredictionProblem.ContentType(context.Request.ContentType);
        var isMultipart = contentType.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        if (!isMultipart && !FilmUpload.IsOneFilm(contentType)) return PredictionProblem.ContentType(context.Request.ContentType);

        // Leased before the body is read, so that without a model nothing is uploaded in vain, and one model answers a whole request.
        using var lease = slot.Acquire();
        if (lease is null) return PredictionProblem.NoChampion;
        return isMultipart
            ? await PredictPartsAsync(context.Request, contentType, lease, predictor, options.Value, cancellationToken)
            : await PredictOneAsync(context.Request, lease, predictor, cancellationToken);
    }

    private static async Task<IResult> PredictOneAsync(HttpRequest request, ModelLease lease, Predictor predictor, CancellationToken cancellationToken)
    {
        using var film = await FilmUpload.ReadOneAsync(request, cancellationToken);
        if (film.Bytes.Memory.IsEmpty) return PredictionProblem.EmptyBody;
        return await predictor.PredictAsync(lease, film, cancellationToken) switch
        {
            PredictionOutcome.Predicted predicted => TypedResults.Ok(predicted.Response),
            PredictionOutcome.Refused refused => PredictionProblem.Film(refused),
            _ => PredictionProblem.Busy,
        };
    }

    private static async Task<IResult> PredictPartsAsync(
        HttpRequest request, MediaTypeHeaderValue contentType, ModelLease lease, Predictor predictor, InferenceOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<FilmUpload> films;
        try
        {
            films = await FilmUpload.ReadPartsAsync(request, contentType, options.MaxParts, cancellationToken);
        }
        catch (InvalidDataException malformed)
        {
            return PredictionProblem.Multipart(malformed.Message);
        }
        if (films.Count == 0) return PredictionProblem.EmptyBody;
        try
        {
            // On threads of their own: with a free lane, scoring does not yield.
            var outcomes = await Task.WhenAll(films.Select(film => Task.Run(() => predictor.PredictAsync(lease, film, cancellationToken), cancellationToken)));
            var parts = films.Zip(outcomes, (film, outcome) => Part(film.File!, outcome)).ToArray();
            if (parts.Any(part => part.Prediction is not null)) return TypedResults.Ok(new PredictionsResponse(parts));
            return outcomes.OfType<PredictionOutcome.Busy>().Any() ? PredictionProblem.Busy : PredictionProblem.Films(parts);
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
