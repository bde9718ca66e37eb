using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>What browsers are told about every answer: to take it for what it says it is, to show it in no other page, and to load nothing from elsewhere.</summary>
internal static class SecurityHeaders
{
    /// <summary>Of the API, whose answers are no pages.</summary>
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Of pages. Hangfire's have scripts and styles in them.</summary>
    private const string OwnOnly =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly string[] s_api = ["/api", "/v1", "/v2", "/openapi", "/health", "/alive"];

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = IsApi(context.Request.Path) ? Nothing : OwnOnly;
        return next(context);
    });

    private static bool IsApi(PathString path)
    {
        foreach (var api in s_api)
        {
            if (path.StartsWithSegments(api)) return true;
        }
        return false;
    }
}
