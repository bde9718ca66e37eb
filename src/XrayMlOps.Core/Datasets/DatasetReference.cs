using System.Globalization;

namespace XrayMlOps.Core.Datasets;

/// <summary>Names a dataset version: <c>chest</c> or <c>chest@latest</c>, <c>chest@3</c>, <c>chest@sha256:…</c>, or a tag as in <c>chest@baseline</c>.</summary>
/// <param name="Number">From 1; null unless the reference gives one.</param>
/// <param name="Digest">Of the manifest; null unless the reference gives one.</param>
/// <param name="Tag">Null unless the reference gives one.</param>
public sealed record DatasetReference(string Name, int? Number = null, string? Digest = null, string? Tag = null)
{
    private const string Latest = "latest";

    /// <summary>The dataset that is pushed where none is named.</summary>
    public const string DefaultName = "chest-xray";

    public const string NameRule = "1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit";

    /// <summary>The shape of a reference, for messages.</summary>
    public const string Forms = "'name', 'name@latest', 'name@3', 'name@sha256:…' or 'name@tag'";

    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 64 } && char.IsAsciiLetterOrDigit(name[0])
        && !name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>A name that can be told from a version's number.</summary>
    public static bool IsTag(string? tag) => IsName(tag) && tag != Latest && !tag!.All(char.IsAsciiDigit);

    public static bool TryParse(string text, out DatasetReference reference)
    {
        var at = text.IndexOf('@');
        var (name, version) = at < 0 ? (text, Latest) : (text[..at], text[(at + 1)..]);
        reference = new DatasetReference(name);
        if (!IsName(name)) return false;
        if (version == Latest) return true;
        if (version.StartsWith("sha256:", StringComparison.Ordinal))
        {
            reference = reference with { Digest = version["sha256:".Length..] };
            return Blobs.Digest.IsValid(reference.Digest);
        }
        if (IsTag(version))
        {
            reference = reference with { Tag = version };
            return true;
        }
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1) return false;
        reference = reference with { Number = number };
        return true;
    }
}
