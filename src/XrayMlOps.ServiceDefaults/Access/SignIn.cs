using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>
/// For people, whose browsers send no header: <c>/signin</c> takes a key and sets a cookie that no script can read and no other site can have sent. It is good for a
/// working day, and no longer than the key.
/// </summary>
public static class SignIn
{
    internal const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
    private const string Path = "/signin";
    private const string CookieName = "xray-signin";
    private static readonly TimeSpan s_life = TimeSpan.FromHours(10);

    internal static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = s_life;
        options.SlidingExpiration = false;
        options.Events.OnValidatePrincipal = context =>
        {
            // A key that was revoked, rotated out or is over signs nobody in any longer.
            if (context.Principal?.Id() is not { } id || !context.HttpContext.RequestServices.GetRequiredService<ApiKeyRing>().Knows(id)) context.RejectPrincipal();
            return Task.CompletedTask;
        };
    }

    internal static bool HasCookie(HttpRequest request) => request.Cookies.ContainsKey(CookieName);

    /// <summary>Whether a person looks at a page, who can be asked for a key.</summary>
    internal static bool IsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    internal static string AddressFor(HttpRequest request) => $"{request.PathBase}{Path}?returnUrl={Uri.EscapeDataString(request.PathBase + request.Path + request.QueryString)}";

    /// <summary>Maps <c>/signin</c> and <c>/signout</c>.</summary>
    public static void MapSignIn(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, (HttpContext context, IAntiforgery antiforgery, string? returnUrl) => Page(context, antiforgery, returnUrl, problem: null)).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapPost(Path, SignInAsync).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapPost("/signout", async (HttpContext context) =>
        {
            await context.SignOutAsync(Scheme);
            return TypedResults.LocalRedirect(Path);
        }).RequireAuthorization(Policies.Known).ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, ApiKeyRing ring, [FromForm] string? key, [FromForm] string? returnUrl)
    {
        var check = ring.Check((key ?? "").Trim());
        if (check.Principal is not { } caller) return Page(context, antiforgery, returnUrl, check.Failure?.Message);
        await context.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity(caller.Claims, Scheme))); // so that what a cookie asks for can be told
        return TypedResults.LocalRedirect(Local(returnUrl));
    }

    private static ContentHttpResult Page(HttpContext context, IAntiforgery antiforgery, string? returnUrl, string? problem)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Content(
            $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in: XrayMlOps</title></head>
            <body><main><h1>XrayMlOps</h1>
            {(problem is null ? "" : $"<p role=\"alert\">{WebUtility.HtmlEncode(problem)}</p>")}
            <form method="post" action="{Path}">
            <input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}">
            <input type="hidden" name="returnUrl" value="{WebUtility.HtmlEncode(Local(returnUrl))}">
            <p><label for="key">API key</label> <input id="key" name="key" type="password" autocomplete="current-password" required autofocus></p>
            <p><button type="submit">Sign in</button></p>
            </form></main></body></html>
            """,
            "text/html; charset=utf-8", statusCode: problem is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);
    }

    /// <summary>An address of this host, whatever is asked for: nobody is sent to another by a link to here.</summary>
    private static string Local(string? url) => url is ['/', not ('/' or '\\'), ..] && !url.AsSpan().ContainsAnyInRange('\0', ' ') ? url : "/hangfire";
}
