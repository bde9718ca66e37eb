using Microsoft.Extensions.Options;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Packing;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>Makes a version known: first its blobs, then, in one transaction, what names them. A crash between leaves no dangling name.</summary>
internal sealed class DatasetPublication(RegistryDbContext registry, IBlobStore blobs, TimeProvider clock, IOptions<ControlPlaneOptions> options)
{
    /// <returns>The new version, or the latest one if that has the same content.</returns>
    public async Task<(DatasetVersion Version, bool Created)> PublishAsync(
        PushPlan plan, IReadOnlyList<ManifestEntry> entries, IReadOnlyDictionary<string, Image> images, DatasetPacker packer, PreprocessingSpec spec,
        CancellationToken cancellationToken)
    {
        var manifest = await blobs.PutAsync(new MemoryStream(DatasetManifest.Serialize(entries)), expectedDigest: null, cancellationToken);
        var hash = spec.Hash();
        var packed = await registry.PackedDatasets.FindAsync([manifest, hash, 0], cancellationToken);
        var tensors = packed?.BlobDigest ?? await packer.StoreAsync(blobs, entries, options.Value.ScratchFolder, cancellationToken);

        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var latest = await registry.FindDatasetVersionAsync(new DatasetReference(plan.Dataset), cancellationToken);
        if (latest?.Digest == manifest) return (latest, false);
        var now = clock.GetUtcNow();
        var version = new DatasetVersion
        {
            DatasetName = plan.Dataset,
            Number = (latest?.Number ?? 0) + 1,
            Digest = manifest,
            CreatedAt = now,
            Images = entries.Count,
            Patients = entries.Select(entry => entry.Patient).Distinct().Count(),
            Bytes = entries.Sum(entry => entry.Bytes),
            Split = plan.Split,
            Counts = [.. Enum.GetValues<Split>().Select(split => Count(entries, split))],
        };
        if (latest is null) registry.Datasets.Add(new Dataset { Name = plan.Dataset, CreatedAt = now });
        registry.DatasetVersions.Add(version);
        if (await registry.PackedDatasets.FindAsync([manifest, hash, 0], cancellationToken) is null)
            registry.PackedDatasets.Add(new PackedDataset { ManifestDigest = manifest, PreprocessingHash = hash, Shard = 0, BlobDigest = tensors });
        var known = await registry.KnownImagesAsync(images.Keys, cancellationToken);
        registry.Images.AddRange(images.Values.Where(image => !known.ContainsKey(image.Digest)));
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (version, true);
    }

    private static SplitCounts Count(IReadOnlyList<ManifestEntry> entries, Split split)
    {
        var labels = entries.Where(entry => entry.Split == split).CountBy(entry => entry.Label).ToDictionary();
        return new SplitCounts(
            split, labels.GetValueOrDefault(ImageLabel.Normal), labels.GetValueOrDefault(ImageLabel.Bacteria), labels.GetValueOrDefault(ImageLabel.Virus));
    }
}
