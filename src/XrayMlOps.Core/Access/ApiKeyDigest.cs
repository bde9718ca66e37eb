using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace XrayMlOps.Core.Access;

/// <summary>
/// SHA-256 of an API key. A key has too much entropy to be guessed, so that no slow hash is needed, and a request costs a microsecond. Two are compared in constant time.
/// </summary>
[InlineArray(SHA256.HashSizeInBytes)]
public struct ApiKeyDigest : IEquatable<ApiKeyDigest>
{
    private const int LongestKey = 512;

    private byte _first;

    /// <summary>The digest of a key; of one that is longer than any key can be, the default, which is no key's.</summary>
    public static ApiKeyDigest Of(ReadOnlySpan<char> key)
    {
        ApiKeyDigest digest = default;
        Span<byte> bytes = stackalloc byte[LongestKey];
        if (Encoding.UTF8.TryGetBytes(key, bytes, out var length)) SHA256.HashData(bytes[..length], digest);
        CryptographicOperations.ZeroMemory(bytes);
        return digest;
    }

    /// <exception cref="FormatException">Not 64 hexadecimal digits.</exception>
    public static ApiKeyDigest Parse(string hex)
    {
        ApiKeyDigest digest = default;
        if (Convert.FromHexString(hex, digest, out _, out var length) != System.Buffers.OperationStatus.Done || length != SHA256.HashSizeInBytes)
            throw new FormatException("The digest of an API key is not 64 hexadecimal digits.");
        return digest;
    }

    public readonly bool Equals(ApiKeyDigest other) => CryptographicOperations.FixedTimeEquals(this, other);

    public override readonly bool Equals(object? obj) => obj is ApiKeyDigest other && Equals(other);

    /// <summary>Says nothing of the key: its digest cannot be chosen.</summary>
    public override readonly int GetHashCode() => MemoryMarshal.Read<int>(this);

    public override readonly string ToString() => Convert.ToHexStringLower(this);

    public static bool operator ==(ApiKeyDigest left, ApiKeyDigest right) => left.Equals(right);

    public static bool operator !=(ApiKeyDigest left, ApiKeyDigest right) => !left.Equals(right);
}
