using System.Security.Cryptography;

namespace XrayMlOps.Core.Blobs;

/// <summary>A SHA-256 digest, written everywhere as 64 lower-case hexadecimal digits.</summary>
public static class Digest
{
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static async Task<string> OfAsync(Stream content, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));

    public static bool IsValid(string? text) =>
        text is { Length: 64 } && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");
}
