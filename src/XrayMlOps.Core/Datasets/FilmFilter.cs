using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Core.Datasets;

/// <summary>Films of a version that meet every condition given; a condition that is null is met by all, and a list by any of its members.</summary>
public sealed record FilmFilter
{
    /// <summary>Digests, or their beginnings (8 digits at least).</summary>
    public IReadOnlyList<string>? Digests { get; init; }

    /// <summary>
    /// Patterns of <see cref="ManifestEntry.File"/>: <c>*</c> stands for any characters but a slash, <c>**</c> for any, <c>?</c> for one but a slash.
    /// </summary>
    public IReadOnlyList<string>? Files { get; init; }

    public IReadOnlyList<ImageLabel>? Labels { get; init; }

    public IReadOnlyList<Split>? Splits { get; init; }

    public IReadOnlyList<string>? Patients { get; init; }

    /// <summary>Films that the version's quality report flags.</summary>
    public IReadOnlyList<FilmFlag>? Flags { get; init; }

    /// <summary>Everything wrong with it, one message each; empty if it can be used.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (this is { Digests: null, Files: null, Labels: null, Splits: null, Patients: null, Flags: null })
            problems.Add("it has no condition, so every film would match: give one");
        Check("digests", Digests, digest => DigestPrefix.IsValid(digest) ? null : DigestPrefix.Rule);
        Check("files", Files, FilmFile.ProblemOfText);
        Check("patients", Patients, FilmFile.ProblemOfText);
        Check("labels", Labels, label => Enum.IsDefined(label) ? null : "is no class");
        Check("splits", Splits, split => Enum.IsDefined(split) ? null : "is no split");
        Check("flags", Flags, flag => Enum.IsDefined(flag) ? null : "is no flag");
        return problems;

        void Check<T>(string name, IReadOnlyList<T>? values, Func<T, string?> problemOf)
        {
            if (values is { Count: 0 }) problems.Add($"{name}: the list is empty, so no film would match: leave it out or name one");
            problems.AddRange((values ?? []).Select(value => (Value: value, Problem: problemOf(value))).Where(pair => pair.Problem is not null)
                .Select(pair => $"{name}: '{pair.Value}' {pair.Problem}"));
        }
    }

    /// <summary>Tells which films match; made once, asked often.</summary>
    /// <param name="flags">What the version's quality report holds against films, by digest; null where there is no report, so that no film has a flag.</param>
    public Predicate<ManifestEntry> Matcher(ILookup<string, FilmFlag>? flags)
    {
        var digests = Digests is null ? null : new DigestPrefixes(Digests);
        var patients = Patients?.ToHashSet(StringComparer.Ordinal);
        return film => digests?.Match(film.Digest) != false
            && Labels?.Contains(film.Label) != false
            && Splits?.Contains(film.Split) != false
            && patients?.Contains(film.Patient) != false
            && Files?.Any(pattern => FilmPattern.Matches(pattern, film.File)) != false
            && (Flags is null || (flags is not null && flags[film.Digest].Any(Flags.Contains)));
    }
}

/// <summary>What a quality report may hold against a film.</summary>
public enum FilmFlag
{
    /// <summary>It looks like another film of the version (all of a group but the first by digest).</summary>
    NearDuplicate,

    /// <summary>
    /// It looks like a film of a split that is kept further from training: a training film like one of validation or test, or a validation film
    /// like one of test. The test set stays as it is.
    /// </summary>
    Leak,

    /// <summary>It looks unlike a chest film.</summary>
    Outlier,
}
