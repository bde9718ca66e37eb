using System.Buffers.Text;
using System.Security.Cryptography;

namespace XrayMlOps.Core.Access;

/// <summary>An API key as its owner holds it: <c>xray_ID_SECRET</c>. The id is public, the secret is 256 random bits; only a digest of the whole is ever stored.</summary>
public static class ApiKeyText
{
    public const string Prefix = "xray_";

    /// <summary>Shortest text that is taken for a key: with fewer characters it could be guessed.</summary>
    public const int Shortest = 24;

    private const int IdBytes = 6;
    private const int SecretBytes = 32;

    /// <summary>A new id: 12 hexadecimal digits.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));

    /// <summary>A new key of that id.</summary>
    public static string New(string id) => $"{Prefix}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>Whether a text can be a key. None has a dot in it, by which a bearer token (a JWT, of three parts) can be told.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text) => text.Length >= Shortest && !text.ContainsAnyExceptInRange('!', '~') && !text.Contains('.');
}
