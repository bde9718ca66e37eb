using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.InferenceApi.Models;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>Every way in which a request for a prediction is refused, as a problem (RFC 9457).</summary>
/// <remarks>Made anew for each answer: ASP.NET writes the trace id of the request into the problem.</remarks>
internal static class PredictionProblem
{
    /// <param name="wait">That a film would have now.</param>
    public static IResult Busy(TimeSpan wait) => new RetryLater(
        TypedResults.Problem(
            "Too many films are waiting for this one to be answered in time. Send it again a little later, or fewer at once.",
            statusCode: StatusCodes.Status503ServiceUnavailable, title: "The service is busy"),
        Seconds: RetryAfter(wait));

    /// <summary>Whole seconds after which to try again, at least 1.</summary>
    public static int RetryAfter(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));

    public static IResult Timeout(int longest) => TypedResults.Problem(
        string.Create(CultureInfo.InvariantCulture, $"timeoutMs: 1 to {longest:N0} milliseconds are allowed."),
        statusCode: StatusCodes.Status400BadRequest, title: "No time to answer in");

    /// <summary>There is no model to ask.</summary>
    public static IResult NoModel(AcquiredModel absent) => absent.Absence switch
    {
        ModelAbsence.Misnamed => TypedResults.Problem(absent.Reason, statusCode: StatusCodes.Status400BadRequest, title: "No model's name"),
        ModelAbsence.Missing => TypedResults.Problem(absent.Reason, statusCode: StatusCodes.Status404NotFound, title: "No such model"),
        _ => new RetryLater(TypedResults.Problem(absent.Reason, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The model is not served"), Seconds: 5),
    };

    public static IResult NoHeatMap(ServedModel model) => TypedResults.Problem(
        $"{model.Name}:{model.Version} carries no class activation: an earlier build exported it. Ask without 'explain', or train it again.",
        statusCode: StatusCodes.Status422UnprocessableEntity, title: "The model explains nothing");

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
    public static IResult Films(IReadOnlyList<PartResponse> parts) => TypedResults.Problem(
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
