using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Core.Datasets;

/// <summary>
/// A label that a reviewer gave. Exactly one of <paramref name="Digest"/> (or its first 8 digits or more) and <paramref name="File"/> names the film.
/// </summary>
public sealed record LabelCorrection(ImageLabel Label, string? Digest = null, string? File = null);

public static class LabelCorrections
{
    /// <summary>The films with the labels that reviewers gave, or every reason why that cannot be done.</summary>
    /// <param name="films">Of one version, ordered by digest as its manifest is.</param>
    /// <returns>The films in their order; as they were if there are problems.</returns>
    public static (IReadOnlyList<ManifestEntry> Films, IReadOnlyList<string> Problems) Apply(
        IReadOnlyList<ManifestEntry> films, IReadOnlyList<LabelCorrection> corrections)
    {
        List<string> problems = [];
        Dictionary<int, ImageLabel> labels = [];
        var byFile = corrections.Any(correction => correction?.File is not null)
            ? films.Index().ToLookup(film => film.Item.File, film => film.Index, StringComparer.Ordinal)
            : null;
        foreach (var (number, correction) in corrections.Index())
        {
            var (film, problem) = Find(correction);
            if (problem is null && !labels.TryAdd(film, correction.Label) && labels[film] != correction.Label)
            {
                problem = $"film '{films[film].File}' (sha256:{films[film].Digest}) is {labels[film].Name()} by another correction "
                    + $"and {correction.Label.Name()} by this";
            }
            if (problem is not null) problems.Add($"label {number}: {problem}");
        }
        if (problems.Count > 0) return (films, problems);
        return ([.. films.Select((film, index) => labels.TryGetValue(index, out var label) ? film with { Label = label } : film)], []);

        (int Film, string? Problem) Find(LabelCorrection? correction) => correction switch
        {
            null => (-1, "it is null"),
            { Label: var label } when !Enum.IsDefined(label) => (-1, $"'{label}' is no class"),
            { Digest: { } digest, File: null } => DigestPrefix.IsValid(digest) ? ByDigest(films, digest) : (-1, $"'{digest}' {DigestPrefix.Rule}"),
            { Digest: null, File: { } file } => Only([.. byFile![file]], $"file '{file}'"),
            _ => (-1, "exactly one of 'digest' and 'file' must name the film"),
        };
    }

    private static (int Film, string? Problem) ByDigest(IReadOnlyList<ManifestEntry> films, string prefix)
    {
        var (low, high) = (0, films.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(films[middle].Digest, prefix) < 0) low = middle + 1;
            else high = middle;
        }
        var end = low;
        while (end < films.Count && films[end].Digest.StartsWith(prefix, StringComparison.Ordinal)) end++;
        return Only([.. Enumerable.Range(low, end - low)], $"digest '{prefix}'");
    }

    private static (int Film, string? Problem) Only(int[] films, string name) => films.Length switch
    {
        1 => (films[0], null),
        0 => (-1, $"{name} names no film of the version"),
        _ => (-1, $"{name} names {films.Length} films of the version: give more digits of the film's digest"),
    };
}
