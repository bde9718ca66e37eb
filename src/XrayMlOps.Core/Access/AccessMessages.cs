using System.Text.Json;

namespace XrayMlOps.Core.Access;

/// <summary>Asks for a new API key.</summary>
/// <param name="Name">Of whom it is for; no two keys that count have the same.</param>
/// <param name="ExpiresInDays">1 to 3,650.</param>
public sealed record CreateKeyRequest(string Name, Role Role, int ExpiresInDays = 365);

/// <summary>Asks for another key in the place of one.</summary>
/// <param name="OverlapMinutes">For how long the old one is still good, 0 to 43,200, so that callers can be changed over.</param>
/// <param name="ExpiresInDays">Of the new one, from now on, 1 to 3,650.</param>
public sealed record RotateKeyRequest(int OverlapMinutes = 0, int ExpiresInDays = 365);

/// <param name="Id">Public.</param>
public sealed record ApiKeyResponse(
    string Id, string Name, Role Role, string? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RotatedAt, DateTimeOffset? RevokedAt);

/// <param name="Key">The only time that it is shown.</param>
public sealed record IssuedKeyResponse(ApiKeyResponse Issued, string Key);

/// <summary>Every key of the registry, as hosts that check keys need them. It lets nobody make one.</summary>
public sealed record ApiKeyVerifiers(IReadOnlyList<ApiKeyVerifier> Keys);

/// <summary>A change that somebody made.</summary>
/// <param name="Caller">Stable, such as <c>key:1f0c33a2b4d5</c> or <c>token:SUBJECT</c>.</param>
/// <param name="Action">The endpoint.</param>
/// <param name="Target">The path that was asked for.</param>
/// <param name="Before">What was changed, by kind and key, as it was; null where there was nothing.</param>
/// <param name="After">What was changed as it was afterwards; null where nothing was left.</param>
public sealed record AuditEntryResponse(
    long Id, DateTimeOffset At, string Caller, string CallerName, string Role, string Action, string Target, JsonElement? Before, JsonElement? After, string? TraceId,
    string? RemoteAddress);
