using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Who may do what, for every host: API keys, bearer tokens, the cookie of <see cref="SignIn"/>, and the <see cref="Policies"/> that endpoints name.</summary>
internal static class AccessExtensions
{
    private const string OriginsSetting = "Cors:Origins";

    public static void AddAccess(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidation>();
        services.AddSingleton<ApiKeyRing>();
        services.AddSingleton<ProcessKey>();
        services.AddHostedService<ConfiguredKeys>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessAnswers>();

        var takesTokens = builder.Configuration[$"{AccessOptions.Section}:{nameof(AccessOptions.Oidc)}:{nameof(OidcOptions.Authority)}"] is { Length: > 0 };
        var schemes = services.AddAuthentication(ApiKeyHandler.Scheme);
        schemes.AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Scheme, options => options.ForwardDefaultSelector = context => SchemeOf(context, takesTokens));
        schemes.AddCookie(SignIn.Scheme, SignIn.Configure);
        if (takesTokens)
        {
            schemes.AddJwtBearer();
            services.AddSingleton<IConfigureOptions<JwtBearerOptions>, OidcTokens>();
        }
        services.AddAuthorizationBuilder();
        services.Configure<AuthorizationOptions>(Policies.Add);
        // An endpoint would else refuse who was admitted without ASP.NET's middleware.
        services.Configure<RouteOptions>(options => options.SuppressCheckForUnhandledSecurityMetadata = true);
        services.AddAntiforgery();
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>, RateLimits>();
        services.AddRateLimiter(_ => { });
        var origins = builder.Configuration.GetSection(OriginsSetting).Get<string[]>() ?? [];
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins(origins).AllowAnyHeader().AllowAnyMethod()));
    }

    /// <summary>
    /// Finds out who asks, keeps it to its share, and turns away who may not. A key that is in order and may do what it asks for gets in by two looks into tables;
    /// everything else goes through ASP.NET's own, which make a scope of services and 4 KB of garbage a request.
    /// </summary>
    public static void UseAccess(this WebApplication app)
    {
        var ring = app.Services.GetRequiredService<ApiKeyRing>();
        app.UseSecurityHeaders();
        app.UseHsts();
        if (app.Configuration.GetSection(OriginsSetting).GetChildren().Any()) app.UseCors();
        app.UseWhen(context => !IsAdmitted(context, ring), others =>
        {
            others.UseAuthentication();
            others.UseRateLimiter();
            others.UseAuthorization();
            others.UseForgeryCheck();
            others.UseAntiforgery();
        });
        // Without the middleware for that, which allocates half a kilobyte.
        var limits = app.Services.GetRequiredService<IOptions<RateLimiterOptions>>().Value.GlobalLimiter!;
        app.Use((context, next) =>
        {
            if (context.Features.Get<Admitted>() is null) return next(context);
            var lease = limits.AttemptAcquire(context);
            return lease.IsAcquired ? next(context) : RateLimits.RefuseAsync(context, lease);
        });
        // Without these the application would put both before everything: it looks for them here, and not into the branch.
        foreach (var middleware in (string[])["__AuthenticationMiddlewareSet", "__AuthorizationMiddlewareSet"]) ((IApplicationBuilder)app).Properties[middleware] = true;
    }

    private static bool IsAdmitted(HttpContext context, ApiKeyRing ring)
    {
        if (ApiKeyHandler.KeyOf(context.Request) is not { IsEmpty: false } text || ring.Find(text) is not { } key) return false;
        if (!Policies.Admit(key.Role, context.GetEndpoint())) return false;
        context.User = key.Caller;
        context.Features.Set(key.Admission);
        return true;
    }

    /// <summary>Null: what is sent, if anything is, is an API key.</summary>
    private static string? SchemeOf(HttpContext context, bool takesTokens)
    {
        if (context.Request.Headers.ContainsKey(ApiKeyHandler.Header)) return null;
        var bearer = ApiKeyHandler.BearerOf(context.Request);
        if (takesTokens && bearer.Contains('.')) return JwtBearerDefaults.AuthenticationScheme;
        return bearer.IsEmpty && SignIn.HasCookie(context.Request) ? SignIn.Scheme : null;
    }
}
