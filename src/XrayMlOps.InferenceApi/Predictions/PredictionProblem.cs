using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>Every way in which a request for a prediction is refused, as a problem (RFC 9457).</summary>
/// <remarks>Made anew for each answer: ASP.NET writes the trace id of the request into the problem.</remarks>
internal static class PredictionProblem
{
    public static IResult NoChampion => new RetryLater(
        TypedResults.Problem(
            "No model is served yet. Promote a version of the model to champion, for instance with 'xray models promote'; it is loaded within seconds.",
            statusCode: StatusCodes.Status503ServiceUnavailable, title: "No champion"),
        Seconds: 5);

    public static IResult Busy => new RetryLater(
        TypedResults.Problem(
            "Too many films are waiting. Send it again a little later, or fewer at once.",
            statusCode: StatusCodes.Status503ServiceUnavailable, title: "The service is busy"),
        Seconds: 1);

    public static IResult EmptyBody => TypedResults.Problem(
        "The request has no body. Send the bytes of one film, or multipart/form-data with several.", statusCode: StatusCodes.Status400BadRequest, title: "No film");

    public static IResult ContentType(string? contentType) => TypedResults.Problem(
        $"Content type '{contentType}' is not accepted. Send image/jpeg, image/png, application/dicom or application/octet-stream for one film, multipart/form-data for several.",
        statusCode: StatusCodes.Status415UnsupportedMediaType, title: "Not a film");

    public static IResult Multipart(string detail) => TypedResults.Problem(
        detail, statusCode: StatusCodes.Status400BadRequest, title: "The multipart body cannot be read");

    /// <summary>The extension <c>reason</c> is the <see cref="FilmRejection"/>, in camel case.</summary>
    public static IResult Film(PredictionOutcome.Refused film) => TypedResults.Problem(
        film.Reason, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The film cannot be read",
        extensions: new Dictionary<string, object?> { ["reason"] = JsonNamingPolicy.CamelCase.ConvertName(film.Rejection.ToString()) });

    /// <summary>None of several films could be read.</summary>
    public static IResult Films(IReadOnlyList<Core.Predictions.PartResponse> parts) => TypedResults.Problem(
        string.Join("; ", parts.Select(part => $"{part.File}: {part.Problem}")), statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "None of the films can be read", extensions: new Dictionary<string, object?> { ["predictions"] = parts });

    /// <summary>A problem that time may solve: with <c>Retry-After</c>.</summary>
    private sealed record RetryLater(ProblemHttpResult Problem, int Seconds) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = $"{Seconds}";
            return Problem.ExecuteAsync(httpContext);
        }
    }
}
