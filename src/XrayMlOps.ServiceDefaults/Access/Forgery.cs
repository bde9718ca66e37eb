using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>
/// Demands a token of our own pages with every change that is asked for with the cookie of <see cref="SignIn"/>: a browser sends that by itself, whichever page has it
/// do so. Whoever sends a header means it.
/// </summary>
internal static class Forgery
{
    public static void UseForgeryCheck(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var isSafe = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method);
        if (!isSafe && context.User.Identity?.AuthenticationType == SignIn.Scheme && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            await context.RefuseAsync(
                StatusCodes.Status400BadRequest, "A change that is asked for with a cookie needs the token of one of our pages; programs send an API key or access token in a header.",
                GrpcStatus.PermissionDenied);
            return;
        }
        await next(context);
    });
}
