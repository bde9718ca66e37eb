using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>The gRPC statuses of callers that are turned away: https://grpc.io/docs/guides/status-codes/.</summary>
internal enum GrpcStatus
{
    PermissionDenied = 7,
    ResourceExhausted = 8,
    Unauthenticated = 16,
}

/// <summary>Turns a caller away in the form that it understands: a problem (RFC 9457), the error of the Open Inference Protocol, or a gRPC status.</summary>
internal static class Refusals
{
    public static async Task RefuseAsync(this HttpContext context, int status, string detail, GrpcStatus grpc)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            await WriteGrpcAsync(context.Response, grpc, detail);
            return;
        }
        context.Response.StatusCode = status;
        if (context.Request.Path.StartsWithSegments("/v2"))
        {
            await context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = detail }, cancellationToken: context.RequestAborted);
            return;
        }
        ProblemDetailsContext problem = new() { HttpContext = context, ProblemDetails = new ProblemDetails { Status = status, Detail = detail } };
        // Whoever takes no JSON is told in plain words.
        if (!await context.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(problem)) await context.Response.WriteAsync(detail, context.RequestAborted);
    }

    /// <summary>A gRPC answer that is nothing but its trailers: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md.</summary>
    private static Task WriteGrpcAsync(HttpResponse response, GrpcStatus status, string message)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers.GrpcStatus = ((int)status).ToString(CultureInfo.InvariantCulture);
        response.Headers.GrpcMessage = Uri.EscapeDataString(message).Replace("%20", " ", StringComparison.Ordinal);
        return response.CompleteAsync();
    }
}
