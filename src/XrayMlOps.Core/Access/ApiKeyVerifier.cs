namespace XrayMlOps.Core.Access;

/// <summary>What a host must know of a key to tell it from others: everything but the key.</summary>
/// <param name="Id">Public.</param>
/// <param name="Digest">SHA-256 of the key, 64 hexadecimal digits.</param>
/// <param name="ExpiresAt">From when on it is refused; null: never.</param>
/// <param name="RevokedAt">Since when it is refused.</param>
public sealed record ApiKeyVerifier(string Id, string Name, Role Role, string Digest, DateTimeOffset? ExpiresAt = null, DateTimeOffset? RevokedAt = null);
