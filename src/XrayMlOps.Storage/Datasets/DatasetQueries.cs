using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Storage.Datasets;

public static class DatasetQueries
{
    // They go as one parameter: a JSON array on SQLite, an array on PostgreSQL.
    private const int DigestsPerQuery = 5_000;

    /// <summary>Versions that are not deleted, with all that <see cref="DatasetVersion.ToResponse"/> needs.</summary>
    public static IQueryable<DatasetVersion> LiveDatasetVersions(this RegistryDbContext registry) =>
        registry.DatasetVersions.AsNoTracking().Where(version => version.DeletedAt == null)
            .Include(version => version.Tags).Include(version => version.Base).Include(version => version.FrozenTest);

    /// <summary>The version that a reference names now, or null. A digest that several versions share names the newest.</summary>
    public static Task<DatasetVersion?> FindDatasetVersionAsync(this RegistryDbContext registry, DatasetReference reference, CancellationToken cancellationToken)
    {
        var versions = registry.LiveDatasetVersions().Where(version => version.DatasetName == reference.Name);
        if (reference.Number is { } number) versions = versions.Where(version => version.Number == number);
        if (reference.Digest is { } digest) versions = versions.Where(version => version.Digest == digest);
        if (reference.Tag is { } tag) versions = versions.Where(version => version.Tags.Any(pointer => pointer.Tag == tag));
        return versions.OrderByDescending(version => version.Number).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The shards of a version under one preprocessing, in no particular order; none if it is not packed.</summary>
    public static IQueryable<PackedDataset> ShardsOf(this RegistryDbContext registry, string manifestDigest, string preprocessingHash) => registry.PackedDatasets
        .Where(packed => packed.ManifestDigest == manifestDigest && packed.PreprocessingHash == preprocessingHash);

    /// <summary>Names the blobs that a version was packed into, in order. The caller saves, alone, having seen that there are no <see cref="ShardsOf"/> it.</summary>
    public static void AddShards(this RegistryDbContext registry, string manifestDigest, string preprocessingHash, IEnumerable<string> blobs) =>
        registry.PackedDatasets.AddRange(blobs.Select((blob, shard) =>
            new PackedDataset { ManifestDigest = manifestDigest, PreprocessingHash = preprocessingHash, Shard = shard, BlobDigest = blob }));

    /// <summary>Facts of those of <paramref name="digests"/> that are in the registry, by digest.</summary>
    public static async Task<Dictionary<string, FilmFacts>> KnownFactsAsync(
        this RegistryDbContext registry, IEnumerable<string> digests, CancellationToken cancellationToken)
    {
        Dictionary<string, FilmFacts> known = new(StringComparer.Ordinal);
        foreach (var some in digests.Chunk(DigestsPerQuery))
        {
            var images = registry.Images.AsNoTracking().Where(image => EF.Parameter(some).Contains(image.Digest));
            await foreach (var image in images.AsAsyncEnumerable().WithCancellation(cancellationToken)) known.Add(image.Digest, image.ToFacts());
        }
        return known;
    }

    /// <summary>Those of <paramref name="digests"/> that are films in the registry.</summary>
    public static async Task<HashSet<string>> KnownDigestsAsync(
        this RegistryDbContext registry, IEnumerable<string> digests, CancellationToken cancellationToken)
    {
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (var some in digests.Chunk(DigestsPerQuery))
            known.UnionWith(await registry.Images.Where(image => EF.Parameter(some).Contains(image.Digest)).Select(image => image.Digest).ToListAsync(cancellationToken));
        return known;
    }
}
