using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>Takes bearer tokens of the configured issuer: signed by a key that it publishes, meant for this platform, and not expired.</summary>
internal sealed class OidcTokens(IOptions<AccessOptions> access) : IConfigureNamedOptions<JwtBearerOptions>
{
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromMinutes(1);

    public void Configure(JwtBearerOptions options)
    {
        var oidc = access.Value.Oidc;
        options.Authority = oidc.Authority?.ToString();
        options.Audience = oidc.Audience;
        options.RequireHttpsMetadata = oidc.Authority?.IsLoopback != true;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidateIssuer = true,
            ValidateAudience = true,
            ValidateIssuerSigningKey = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = s_clockSkew,
            // Only those with a public key: with a secret one, the issuer's public key could pass for it.
            ValidAlgorithms =
            [
                SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
                SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
            ],
        };
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                var token = context.Principal!;
                string? Claim(string type) => token.FindFirst(type)?.Value;
                if (Claim("sub") is not { Length: > 0 } subject) context.Fail("The token names no subject.");
                else
                    context.Principal = Caller.Of(
                        $"token:{subject}", Claim("preferred_username") ?? Claim("name") ?? subject, token.FindAll(oidc.RoleClaim).SelectMany(claim => RolesOf(claim.Value, oidc)),
                        JwtBearerDefaults.AuthenticationScheme);
                return Task.CompletedTask;
            },
        };
    }

    public void Configure(string? name, JwtBearerOptions options) => Configure(options);

    /// <summary>Why a token was refused, in our words: the library's repeat what is in it.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        SecurityTokenExpiredException => "The bearer token has expired.",
        SecurityTokenNotYetValidException => "The bearer token is not valid yet.",
        SecurityTokenInvalidAudienceException => "The bearer token is meant for another audience.",
        SecurityTokenInvalidIssuerException => "The bearer token is of another issuer.",
        SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException => "The bearer token's signature is no good.",
        _ => "The bearer token is not valid.",
    };

    private static IEnumerable<Role> RolesOf(string value, OidcOptions oidc)
    {
        if (oidc.Roles.TryGetValue(value, out var mapped)) yield return mapped;
        else if (RoleNames.TryParse(value, out var role)) yield return role;
    }
}
