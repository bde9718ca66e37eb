using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>The one place that turns away who is not known or may not. It says what to send, or which role is needed.</summary>
internal sealed class AccessAnswers : IAuthorizationMiddlewareResultHandler
{
    private const string HowTo = $"Send an API key as '{ApiKeyHandler.Header}: KEY' or 'Authorization: Bearer KEY', or an access token as 'Authorization: Bearer TOKEN'.";

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded) await next(context);
        else if (!authorizeResult.Challenged) await ForbidAsync(context);
        else if (SignIn.IsPage(context)) context.Response.Redirect(SignIn.AddressFor(context.Request));
        else await ChallengeAsync(context);
    }

    private static async Task ChallengeAsync(HttpContext context)
    {
        var failure = (await context.AuthenticateAsync()).Failure; // it was found out before, and is only told again
        context.Response.Headers.WWWAuthenticate = failure is null ? "Bearer realm=\"xray\"" : "Bearer realm=\"xray\", error=\"invalid_token\"";
        var reason = failure switch
        {
            null => "This needs a caller that is known.",
            ApiKeyRefusal refusal => refusal.Message,
            _ => OidcTokens.Describe(failure),
        };
        await context.RefuseAsync(StatusCodes.Status401Unauthorized, $"{reason} {HowTo}", GrpcStatus.Unauthenticated);
    }

    private static Task ForbidAsync(HttpContext context)
    {
        var roles = context.User.Roles() is { Length: > 0 } has ? $"has the role {has}" : "has no role here";
        return context.RefuseAsync(
            StatusCodes.Status403Forbidden, $"This needs the role {RoleNames.List(RolesThatMay(context))}; the caller '{context.User.Name()}' {roles}.", GrpcStatus.PermissionDenied);
    }

    private static IReadOnlyList<Role> RolesThatMay(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy is { } policy ? Policies.RolesOf(policy) : [];
}
