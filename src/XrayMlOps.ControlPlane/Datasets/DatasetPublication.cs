using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.ControlPlane.Films;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Quality;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <param name="Version">The new version or, unless <paramref name="Created"/>, the one that has this content already; null if there is none.</param>
/// <param name="Refusal">Why there is none.</param>
internal readonly record struct Publication(DatasetVersion? Version, bool Created, string? Refusal = null);

/// <summary>Makes a version known: first its blobs, then, in one transaction, what names them. A crash between leaves no dangling name.</summary>
internal sealed class DatasetPublication(
    RegistryDbContext registry, BlobPinning pinning, MissingFilms missing, VersionPacking packing, TimeProvider clock,
    IOptions<ControlPlaneOptions> options)
{
    private static readonly string s_preprocessing = PreprocessingSpec.Default.Hash();

    /// <param name="packed">Told how many films are packed so far.</param>
    public async Task<Publication> PublishAsync(
        PushPlan plan, PushOrigins origins, VersionContent content, IProgress<PushProgress> packed, CancellationToken cancellationToken)
    {
        await using var manifest = ScratchFile.Create(options.Value.ScratchFolder);
        var digest = await DatasetManifest.WriteAsync(manifest, content.Films, cancellationToken);
        if (await FindSameAsync(plan, origins, digest, cancellationToken) is { } same) return new Publication(same, Created: false);

        IReadOnlyList<string> shards = [];
        if (plan.Request.Pack && !await registry.ShardsOf(digest, s_preprocessing).AnyAsync(cancellationToken)) shards = await packing.PackAsync(content.Films, packed, cancellationToken);
        var report = QualityInspection.Report(content.Films, content.Facts, plan.Duplicates, [.. plan.Request.Rejected, .. content.LeftOut], cancellationToken);
        var reportDigest = await pinning.PutAsync(ReportBlob.Of(report), cancellationToken);
        await pinning.PutAsync(manifest, cancellationToken);
        if (await HasLostAnyAsync(plan, shards, cancellationToken))
            return new Publication(null, Created: false, "making the version took so long that a collection took some of its blobs: push again, or have blobs pinned for longer (Blobs:PinMinutes)");

        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await FindSameAsync(plan, origins, digest, cancellationToken) is { } meanwhile) return new Publication(meanwhile, Created: false);
        foreach (var origin in (DatasetVersion?[])[origins.Base, origins.FrozenTest])
        {
            if (origin is not null && !await registry.DatasetVersions.AnyAsync(version => version.Id == origin.Id && version.DeletedAt == null, cancellationToken))
                return new Publication(null, Created: false, $"{origin.Reference} was deleted while the new version was made from it");
        }
        var version = await VersionAsync(plan, origins, content, digest, reportDigest, cancellationToken);
        if (!await registry.Datasets.AnyAsync(dataset => dataset.Name == plan.Dataset, cancellationToken))
            registry.Datasets.Add(new Dataset { Name = plan.Dataset, CreatedAt = version.CreatedAt });
        registry.DatasetVersions.Add(version);
        if (!await registry.ShardsOf(digest, s_preprocessing).AnyAsync(cancellationToken)) registry.AddShards(digest, s_preprocessing, shards); // another push of the same films may have
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Publication(await registry.LiveDatasetVersions().SingleAsync(row => row.Id == version.Id, CancellationToken.None), Created: true);
    }

    /// <summary>The dataset's latest version, or the one that this one is made from, if it has the same films.</summary>
    private async Task<DatasetVersion?> FindSameAsync(PushPlan plan, PushOrigins origins, string digest, CancellationToken cancellationToken)
    {
        var latest = await registry.FindDatasetVersionAsync(new DatasetReference(plan.Dataset), cancellationToken);
        if (latest?.Digest == digest) return latest;
        return origins.Base is { } origin && origin.DatasetName == plan.Dataset && origin.Digest == digest ? origin : null;
    }

    /// <summary>Pins once more what the version will name and nothing else does: to pack many films may have taken longer than a pin lasts.</summary>
    /// <returns>Whether something is gone by now.</returns>
    private async Task<bool> HasLostAnyAsync(PushPlan plan, IReadOnlyList<string> shards, CancellationToken cancellationToken) =>
        (await missing.FindManyAsync(plan.Films.Select(film => film.Digest), cancellationToken)).Count > 0
        || await pinning.RenewAsync(registry, shards, cancellationToken) is not null;

    private async Task<DatasetVersion> VersionAsync(
        PushPlan plan, PushOrigins origins, VersionContent content, string digest, string report, CancellationToken cancellationToken)
    {
        var last = await registry.DatasetVersions.Where(version => version.DatasetName == plan.Dataset).MaxAsync(version => (int?)version.Number, cancellationToken);
        return new DatasetVersion
        {
            DatasetName = plan.Dataset,
            Number = (last ?? 0) + 1,
            Digest = digest,
            CreatedAt = clock.GetUtcNow(),
            Images = content.Films.Count,
            Patients = content.Films.Select(film => film.Patient).Distinct().Count(),
            Bytes = content.Films.Sum(film => film.Bytes),
            Split = content.Split,
            Counts = SplitTally.Of(content.Films),
            BaseId = origins.Base?.Id,
            FrozenTestId = origins.FrozenTest?.Id,
            Note = plan.Request.Note,
            ReportDigest = report,
        };
    }
}
