using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace XrayMlOps.Cli.Tests.Access;

/// <summary>An OpenID Connect issuer over real HTTP, which publishes one key.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    public const string Audience = "api://xray";

    private readonly WebApplication _app;
    private readonly RSA _key = RSA.Create(2048);
    private readonly RSA _otherKey = RSA.Create(2048);

    private FakeIssuer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public static async Task<FakeIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        FakeIssuer issuer = new(builder.Build());
        issuer._app.Urls.Add("http://127.0.0.1:0");
        issuer._app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = issuer.Address, jwks_uri = $"{issuer.Address}/keys" }));
        issuer._app.MapGet("/keys", () =>
        {
            var key = issuer._key.ExportParameters(includePrivateParameters: false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "one", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } } });
        });
        await issuer._app.StartAsync(TestContext.Current.CancellationToken);
        return issuer;
    }

    /// <summary>A token that is good but for what is given otherwise.</summary>
    public string Token(string role = "engineer", string audience = Audience, string? issuer = null, bool otherKey = false, bool expired = false) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = issuer ?? Address,
        Audience = audience,
        NotBefore = Now.AddHours(-2),
        IssuedAt = Now.AddHours(-2),
        Expires = expired ? Now.AddHours(-1) : Now.AddHours(1),
        Claims = new Dictionary<string, object> { ["sub"] = "somebody", ["name"] = "Some Body", ["roles"] = new[] { role } },
        SigningCredentials = new SigningCredentials(new RsaSecurityKey(otherKey ? _otherKey : _key) { KeyId = "one" }, SecurityAlgorithms.RsaSha256),
    });

    /// <summary>A token that says of itself that it needs no signature.</summary>
    public string Unsigned()
    {
        var claims = Token().Split('.')[1];
        return $"{Base64Url.EncodeToString("""{"alg":"none","typ":"JWT"}"""u8)}.{claims}.";
    }

    /// <summary>A token that is signed with the issuer's public key, as if that were a secret.</summary>
    public string SignedWithPublicKey()
    {
        var secret = Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem());
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Address,
            Audience = Audience,
            Expires = Now.AddHours(1),
            Claims = new Dictionary<string, object> { ["sub"] = "somebody", ["roles"] = "admin" },
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(secret) { KeyId = "one" }, SecurityAlgorithms.HmacSha256),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
        _otherKey.Dispose();
    }

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;
}
