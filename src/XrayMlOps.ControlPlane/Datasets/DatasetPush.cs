using Microsoft.Extensions.Options;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Packing;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>Makes a dataset version of films whose blobs are in the store: decodes, splits, packs and publishes them.</summary>
internal sealed class DatasetPush(
    RegistryDbContext registry, IBlobStore blobs, FilmDecoder decoder, DatasetPublication publication, ControlPlaneTelemetry telemetry,
    IOptions<ControlPlaneOptions> options)
{
    private static readonly PreprocessingSpec s_spec = PreprocessingSpec.Default;

    public async Task<IReadOnlyList<string>> FindMissingBlobsAsync(PushPlan plan, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach (var film in plan.Films)
        {
            if (!await blobs.ExistsAsync(film.Digest, cancellationToken)) missing.Add(film.Digest);
        }
        return missing;
    }

    /// <param name="done">Told how many films are decoded so far.</param>
    public async Task<PushEvent> RunAsync(PushPlan plan, IProgress<int> done, CancellationToken cancellationToken)
    {
        using var activity = telemetry.Activities.StartActivity("dataset.push");
        activity?.SetTag("dataset", plan.Dataset).SetTag("films", plan.Films.Count);
        if (plan is { Strict: true, Rejected.Count: > 0 }) return new PushRefused("strict: the labels of some films contradict each other", plan.Rejected);

        var known = await registry.KnownImagesAsync(plan.Films.Select(film => film.Digest), cancellationToken);
        if (known.Count == plan.Films.Count && await FindUnchangedAsync(plan, known, cancellationToken) is { } latest)
            return new PushCompleted(latest.ToResponse(), Created: false, plan.Rejected, plan.Duplicates);

        await using var packer = await DatasetPacker.DecodeAsync(
            blobs, decoder, s_spec, [.. plan.Films.Select(film => film.Digest)], options.Value.ScratchFolder, done, cancellationToken);
        var good = packer.Films.Where(film => film.Result.Succeeded).ToDictionary(film => film.Digest, film => Image.Of(film.Facts!));
        RejectedFilm[] rejected =
        [
            .. plan.Rejected,
            .. from pair in plan.Films.Zip(packer.Films, (film, decoded) => (film.File, decoded.Result))
               where !pair.Result.Succeeded
               select new RejectedFilm(pair.File, pair.Result.Reason!),
        ];
        telemetry.CountPush(good.Count, rejected.Length);
        await ForgetAsync(packer.Films.Where(film => !film.Result.Succeeded), cancellationToken);
        if (good.Count == 0) return new PushRefused("none of the films can be read", rejected);
        if (plan.Strict && rejected.Length > 0) return new PushRefused("strict: some films cannot be read", rejected);

        var entries = Manifest(plan, good);
        if (EmptySplit(entries) is { } empty)
        {
            var patients = entries.DistinctBy(entry => entry.Patient).Count();
            return new PushRefused($"no film would be left for {empty}: {good.Count} films of {patients} patients are too few, or a share is too small", rejected);
        }
        var (version, created) = await publication.PublishAsync(plan, entries, good, packer, s_spec, cancellationToken);
        return new PushCompleted(version.ToResponse(), created, rejected, plan.Duplicates);
    }

    private async Task<DatasetVersion?> FindUnchangedAsync(PushPlan plan, Dictionary<string, Image> known, CancellationToken cancellationToken)
    {
        var latest = await registry.FindDatasetVersionAsync(new DatasetReference(plan.Dataset), cancellationToken);
        return latest is not null && Digest.Of(DatasetManifest.Serialize(Manifest(plan, known))) == latest.Digest ? latest : null;
    }

    /// <summary>Splits the good films, in the order of their digests.</summary>
    private static ManifestEntry[] Manifest(PushPlan plan, Dictionary<string, Image> good)
    {
        var films = plan.Films.Where(film => good.ContainsKey(film.Digest)).ToArray();
        var splits = PatientSplitter.Assign([.. films.Select(film => (film.Patient, film.Label))], plan.Split);
        return [.. films.Zip(splits, (film, split) => new ManifestEntry
        {
            Digest = film.Digest,
            Label = film.Label,
            Patient = film.Patient,
            Split = split,
            File = film.File,
            Bytes = good[film.Digest].Bytes,
            Width = good[film.Digest].Width,
            Height = good[film.Digest].Height,
            PerceptualHash = good[film.Digest].PerceptualHash,
        })];
    }

    private static string? EmptySplit(ManifestEntry[] entries)
    {
        foreach (var split in Enum.GetValues<Split>())
        {
            if (!entries.Any(entry => entry.Split == split)) return split.ToString().ToLowerInvariant();
        }
        return null;
    }

    /// <summary>Removes blobs that turned out to be no films, unless the registry names them as something else.</summary>
    private async Task ForgetAsync(IEnumerable<DecodedFilm> films, CancellationToken cancellationToken)
    {
        foreach (var film in films)
        {
            if (!await registry.NamesBlobAsync(film.Digest, cancellationToken)) await blobs.DeleteAsync(film.Digest, cancellationToken);
        }
    }
}
