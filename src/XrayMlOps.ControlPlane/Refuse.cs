using Microsoft.AspNetCore.Http.HttpResults;

namespace XrayMlOps.ControlPlane;

/// <summary>The expected failures, as problems (RFC 9457) whose detail says what was wrong and what to do.</summary>
internal static class Refuse
{
    public static ProblemHttpResult BadRequest(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    /// <summary>Everything that is wrong at once: joined in the detail, and one by one in the member <c>problems</c>.</summary>
    public static ProblemHttpResult Unprocessable(params IReadOnlyCollection<string> problems) => TypedResults.Problem(
        string.Join("; ", problems), statusCode: StatusCodes.Status422UnprocessableEntity, extensions: new Dictionary<string, object?> { ["problems"] = problems });
}
