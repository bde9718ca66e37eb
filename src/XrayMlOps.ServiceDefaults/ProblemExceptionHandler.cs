using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.ServiceDefaults;

/// <summary>
/// The one place that answers an exception, as a problem (RFC 9457): a request that cannot be read gets its own status and
/// message; where the blob store or the database does not answer, 503 says when to ask again; anything else is logged and gets 500 with the
/// trace id to find it by.
/// </summary>
internal sealed partial class ProblemExceptionHandler(IProblemDetailsService problems, ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    private const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } bad => (bad.StatusCode, $"The JSON cannot be read: {json.Message}"),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            JsonException json => (StatusCodes.Status400BadRequest, $"The JSON cannot be read: {json.Message}"),
            BlobStoreUnavailableException away => (StatusCodes.Status503ServiceUnavailable, $"{away.Message} Nothing is lost: ask again."),
            _ when IsDatabaseAway(exception) => (StatusCodes.Status503ServiceUnavailable, "The registry's database does not answer. Nothing is lost: ask again."),
            _ => (StatusCodes.Status500InternalServerError, "The server failed. Its log has the details under the trace id given here."),
        };
        if (status >= StatusCodes.Status500InternalServerError)
            LogFailure(exception, httpContext.Request.Method, httpContext.Request.Path, Activity.Current?.Id ?? httpContext.TraceIdentifier);
        httpContext.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable) httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        });
    }

    /// <summary>A database that is away is inside what says who needed it.</summary>
    private static bool IsDatabaseAway(Exception? exception)
    {
        while (exception is not (null or DbException { IsTransient: true })) exception = exception.InnerException;
        return exception is not null;
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed; trace {TraceId}")]
    private partial void LogFailure(Exception exception, string method, string path, string traceId);
}
