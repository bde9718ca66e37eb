using XrayMlOps.ControlPlane.Films;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>What a version will hold.</summary>
/// <param name="Films">Ordered by digest.</param>
/// <param name="Facts">Of every film.</param>
/// <param name="LeftOut">Films of the push that it will not hold, and why.</param>
/// <param name="Refusal">Why it cannot be made, or null.</param>
internal sealed record VersionContent(
    IReadOnlyList<ManifestEntry> Films, IReadOnlyDictionary<string, FilmFacts> Facts, SplitRule Split, IReadOnlyList<RejectedFilm> LeftOut, string? Refusal = null)
{
    public static VersionContent Refused(string reason, IReadOnlyList<RejectedFilm> leftOut) => new([], new Dictionary<string, FilmFacts>(), new SplitRule(), leftOut, reason);
}

/// <summary>Puts the films of a version together: its base's, less what is removed, with corrected labels, and those that are pushed; then splits them.</summary>
internal sealed class VersionAssembly(RegistryDbContext registry, IBlobStore blobs, FilmIntake intake)
{
    private const int MostNamed = 20;

    public async Task<VersionContent> AssembleAsync(PushPlan plan, PushOrigins origins, CancellationToken cancellationToken)
    {
        List<RejectedFilm> leftOut = [.. plan.Rejected];
        var all = await ReadAsync(origins.Base, cancellationToken);
        var kept = await RemoveAsync(all, plan.Request.Remove, origins.Base, cancellationToken);
        var (labelled, problems) = LabelCorrections.Apply(kept, plan.Request.Labels);
        if (problems.Count > 0) return VersionContent.Refused($"labels: {Some(problems)}", leftOut);

        var films = Merge(labelled, plan.Films, leftOut);
        var splits = all.DistinctBy(film => film.Patient).ToDictionary(film => film.Patient, film => film.Split, StringComparer.Ordinal);
        if (origins.FrozenTest is not null)
        {
            var frozen = (await ReadAsync(origins.FrozenTest, cancellationToken)).Where(film => film.Split == Split.Test).ToArray();
            if (FrozenTest.Apply(films, frozen, splits, leftOut) is { } refusal) return VersionContent.Refused($"freezeTest {origins.FrozenTest.Reference}: {refusal}", leftOut);
        }
        if (films.Count == 0) return VersionContent.Refused("no film is left", leftOut);

        var rule = plan.Request.Split ?? origins.Base?.Split ?? new SplitRule();
        var assigned = PatientSplitter.Assign([.. films.Select(film => (film.Patient, film.Label))], rule, splits, testFrozen: origins.FrozenTest is not null);
        if (Enum.GetValues<Split>().Except(assigned).ToArray() is [var empty, ..])
        {
            var patients = films.DistinctBy(film => film.Patient).Count();
            return VersionContent.Refused(
                $"no film would be left for {empty.ToString().ToLowerInvariant()}: {films.Count} films of {patients} patients are too few, or a share is too small", leftOut);
        }
        var facts = await FactsAsync(films, cancellationToken);
        return new VersionContent([.. films.Zip(assigned, (film, split) => Entry(film, split, facts[film.Digest]))], facts, rule, leftOut);
    }

    /// <summary>Films of the base and pushed ones, which replace the base's of the same digest; ordered by digest, as both are.</summary>
    private static List<PushedFilm> Merge(IReadOnlyList<ManifestEntry> kept, IReadOnlyList<PushedFilm> pushed, List<RejectedFilm> leftOut)
    {
        var replaced = pushed.Select(film => film.Digest).ToHashSet(StringComparer.Ordinal);
        List<PushedFilm> films = [.. kept.Where(film => !replaced.Contains(film.Digest)).Select(film => new PushedFilm(film.File, film.Digest, film.Label, film.Patient))];
        var files = films.Select(film => film.File).ToHashSet(StringComparer.Ordinal);
        foreach (var film in pushed)
        {
            if (files.Contains(film.File)) leftOut.Add(new RejectedFilm(film.File, "the base version has another image under this path: remove that one, or give this one another path"));
            else films.Add(film);
        }
        films.Sort((left, right) => string.CompareOrdinal(left.Digest, right.Digest));
        return films;
    }

    private static ManifestEntry Entry(PushedFilm film, Split split, FilmFacts facts) => new()
    {
        Digest = film.Digest,
        Label = film.Label,
        Patient = film.Patient,
        Split = split,
        File = film.File,
        Bytes = facts.Bytes,
        Width = facts.Width,
        Height = facts.Height,
        PerceptualHash = facts.PerceptualHash,
    };

    private static string Some(IReadOnlyCollection<string> problems) =>
        string.Join("; ", problems.Take(MostNamed)) + (problems.Count > MostNamed ? $"; and {problems.Count - MostNamed} more" : "");

    private async Task<IReadOnlyList<ManifestEntry>> ReadAsync(DatasetVersion? version, CancellationToken cancellationToken)
    {
        if (version is null) return [];
        await using var manifest = await blobs.OpenReadAsync(version.Digest, cancellationToken);
        return await DatasetManifest.ReadAsync(manifest, cancellationToken).ToListAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<ManifestEntry>> RemoveAsync(
        IReadOnlyList<ManifestEntry> films, IReadOnlyList<FilmFilter> filters, DatasetVersion? version, CancellationToken cancellationToken)
    {
        if (filters.Count == 0) return films;
        var flags = filters.Any(filter => filter.Flags is not null) && version?.ReportDigest is { } digest
            ? (await blobs.ReadReportAsync(digest, cancellationToken)).Flags()
            : null;
        var matchers = filters.Select(filter => filter.Matcher(flags)).ToArray();
        return [.. films.Where(film => !matchers.Any(matches => matches(film)))];
    }

    /// <summary>From the registry, or, for films of versions made before it kept any, from their blobs.</summary>
    private async Task<Dictionary<string, FilmFacts>> FactsAsync(List<PushedFilm> films, CancellationToken cancellationToken)
    {
        var facts = await registry.KnownFactsAsync(films.Select(film => film.Digest), cancellationToken);
        await Parallel.ForEachAsync(films.Where(film => !facts.ContainsKey(film.Digest)).ToArray(), cancellationToken, async (film, token) =>
        {
            var recovered = await intake.RecoverAsync(film.Digest, token);
            lock (facts) facts.Add(film.Digest, recovered);
        });
        return facts;
    }
}
