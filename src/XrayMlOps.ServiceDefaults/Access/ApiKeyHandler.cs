using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>A key was sent and is of no use; the message says why, and holds no secret.</summary>
internal sealed class ApiKeyRefusal(string message) : Exception(message)
{
    public static AuthenticateResult Unknown { get; } = Of("The API key is not known.");

    public static AuthenticateResult Of(string message) => AuthenticateResult.Fail(new ApiKeyRefusal(message));
}

/// <summary>Takes an API key from <c>X-API-Key: KEY</c> or <c>Authorization: Bearer KEY</c>.</summary>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyRing ring)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "ApiKey";
    public const string Header = "X-API-Key";
    private const string BearerPrefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(KeyOf(Request) is { IsEmpty: false } key ? ring.Check(key) : AuthenticateResult.NoResult());

    /// <summary>What is sent as a bearer, key or token; empty if nothing is.</summary>
    public static ReadOnlySpan<char> BearerOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? value.AsSpan(BearerPrefix.Length).Trim() : [];

    /// <summary>Empty if none is sent.</summary>
    public static ReadOnlySpan<char> KeyOf(HttpRequest request) => request.Headers.TryGetValue(Header, out var key) ? key.ToString() : BearerOf(request);
}
