using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace XrayMlOps.ServiceDefaults;

/// <summary>
/// The one place that answers an exception, as a problem (RFC 9457): a request that cannot be read gets its own status and
/// message; anything else is logged and gets 500 with the trace id to find it by.
/// </summary>
internal sealed partial class ProblemExceptionHandler(IProblemDetailsService problems, ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } bad => (bad.StatusCode, $"The JSON cannot be read: {json.Message}"),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            JsonException json => (StatusCodes.Status400BadRequest, $"The JSON cannot be read: {json.Message}"),
            _ => (StatusCodes.Status500InternalServerError, "The server failed. Its log has the details under the trace id given here."),
        };
        if (status >= StatusCodes.Status500InternalServerError)
            LogFailure(exception, httpContext.Request.Method, httpContext.Request.Path, Activity.Current?.Id ?? httpContext.TraceIdentifier);
        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        });
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed; trace {TraceId}")]
    private partial void LogFailure(Exception exception, string method, string path, string traceId);
}
