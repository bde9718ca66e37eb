using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.Worker.Tensors;

/// <summary>
/// Packed tensors as local files, <c>cache/&lt;manifest&gt;-&lt;preprocessing&gt;/&lt;digest&gt;.npz</c> in the work folder: verified when they are copied from
/// the blob store, and kept for the next run while their version is among the most recently used.
/// </summary>
internal sealed class TensorCache(
    IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, OnDemandPacking packing, TimeProvider clock, IOptions<WorkerOptions> options)
{
    private readonly string _folder = Path.Combine(Path.GetFullPath(options.Value.Folder), "cache");

    /// <returns>Paths of the npz files, one a shard, in order.</returns>
    public async Task<IReadOnlyList<string>> GetAsync(string manifestDigest, PreprocessingSpec spec, CancellationToken cancellationToken)
    {
        var shards = await FindOrPackAsync(manifestDigest, spec, cancellationToken);
        var version = Directory.CreateDirectory(Path.Combine(_folder, $"{manifestDigest}-{spec.Hash()}"));
        List<string> paths = [];
        foreach (var digest in shards)
        {
            var path = Path.Combine(version.FullName, $"{digest}.npz");
            if (!File.Exists(path)) await CopyAsync(digest, path, cancellationToken);
            paths.Add(path);
        }
        version.LastWriteTimeUtc = clock.GetUtcNow().UtcDateTime;
        foreach (var stale in new DirectoryInfo(_folder).GetDirectories().OrderByDescending(folder => folder.LastWriteTimeUtc)
            .Skip(Math.Max(options.Value.CachedDatasets, options.Value.Concurrency)))
        {
            stale.Delete(recursive: true);
        }
        return paths;
    }

    /// <summary>Digests of the shards, in order.</summary>
    private async Task<IReadOnlyList<string>> FindOrPackAsync(string manifestDigest, PreprocessingSpec spec, CancellationToken cancellationToken)
    {
        var hash = spec.Hash();
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        var rows = registry.PackedDatasets.Where(row => row.ManifestDigest == manifestDigest && row.PreprocessingHash == hash).OrderBy(row => row.Shard)
            .Select(row => row.BlobDigest);
        if (await rows.ToListAsync(cancellationToken) is { Count: > 0 } found) return found;
        var packed = await packing.PackAsync(manifestDigest, spec, _folder, cancellationToken);

        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await rows.ToListAsync(cancellationToken) is { Count: > 0 } another) return another; // packed beside this
        registry.PackedDatasets.AddRange(packed.Select((digest, shard) =>
            new PackedDataset { ManifestDigest = manifestDigest, PreprocessingHash = hash, Shard = shard, BlobDigest = digest }));
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return packed;
    }

    private async Task CopyAsync(string digest, string path, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                await using var blob = await blobs.OpenReadAsync(digest, cancellationToken);
                await blob.CopyToAsync(file, cancellationToken);
                file.Position = 0;
                var actual = await Digest.OfAsync(file, cancellationToken);
                if (actual != digest) throw new BlobDigestMismatchException(digest, actual);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
