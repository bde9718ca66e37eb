namespace XrayMlOps.Core.Blobs;

/// <summary>The beginning of a digest, as people write it.</summary>
public static class DigestPrefix
{
    private const int Shortest = 8;

    /// <summary>For messages, after the text that breaks it.</summary>
    public const string Rule = "is no digest: 8 to 64 lower-case hexadecimal digits are";

    public static bool IsValid(string? text) => text is { Length: >= Shortest and <= 64 } && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");
}

/// <summary>A set of beginnings of digests.</summary>
internal sealed class DigestPrefixes
{
    private readonly List<string> _prefixes = [];

    public DigestPrefixes(IEnumerable<string> prefixes)
    {
        foreach (var prefix in prefixes.Order(StringComparer.Ordinal))
        {
            // One that begins with another adds nothing; without it, the last that is not above a digest is the only one that can match.
            if (_prefixes.Count == 0 || !prefix.StartsWith(_prefixes[^1], StringComparison.Ordinal)) _prefixes.Add(prefix);
        }
    }

    public bool Match(string digest)
    {
        var place = _prefixes.BinarySearch(digest, StringComparer.Ordinal);
        return place >= 0 || (~place > 0 && digest.StartsWith(_prefixes[~place - 1], StringComparison.Ordinal));
    }
}
