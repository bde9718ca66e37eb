using Microsoft.AspNetCore.Http.HttpResults;

namespace XrayMlOps.ControlPlane;

/// <summary>The expected failures, as problems (RFC 9457) whose detail says what was wrong and what to do.</summary>
internal static class Refuse
{
    public static ProblemHttpResult BadRequest(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    public static ProblemHttpResult Gone(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status410Gone);

    public static ProblemHttpResult Unavailable(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable);

    public static ProblemHttpResult NoDigest(string? text) => BadRequest($"'{text}' is no digest: give the SHA-256 as 64 lower-case hexadecimal digits.");

    /// <summary>A push of films that were not uploaded: their digests are the member <c>missing</c>.</summary>
    public static ProblemHttpResult MissingFilms(IReadOnlyList<string> digests) => TypedResults.Problem(
        $"{digests.Count} of the films are not in the registry: PUT those named in 'missing' to /api/films, and push again", statusCode: StatusCodes.Status422UnprocessableEntity,
        extensions: new Dictionary<string, object?> { ["missing"] = digests });

    /// <summary>Everything that is wrong at once: joined in the detail, and one by one in the member <c>problems</c>.</summary>
    public static ProblemHttpResult Unprocessable(params IReadOnlyCollection<string> problems) => TypedResults.Problem(
        string.Join("; ", problems), statusCode: StatusCodes.Status422UnprocessableEntity, extensions: new Dictionary<string, object?> { ["problems"] = problems });
}
