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
    public static Task RefuseAsync(this HttpContext context, int status, string detail, GrpcStatus grpc)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true) return WriteGrpcAsync(context.Response, grpc, detail);
        context.Response.StatusCode = status;
        if (context.Request.Path.StartsWithSegments("/v2"))
            return context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["error"] = detail }, cancellationToken: context.RequestAborted);
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(
            new ProblemDetailsContext { HttpContext = context, ProblemDetails = new ProblemDetails { Status = status, Detail = detail } }).AsTask();
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
