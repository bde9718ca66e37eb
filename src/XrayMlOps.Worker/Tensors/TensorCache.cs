using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.Worker.Tensors;

/// <summary>
/// Packed tensors as local files, <c>cache/&lt;digest&gt;.npz</c> in the work folder: verified when they are copied from the blob store, and kept for
/// the next run while they are among the most recently used.
/// </summary>
internal sealed class TensorCache(
    IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, TensorDecoder decoder, TimeProvider clock, IOptions<WorkerOptions> options)
{
    private readonly string _folder = Path.Combine(Path.GetFullPath(options.Value.Folder), "cache");

    /// <returns>Path of the npz file.</returns>
    public async Task<string> GetAsync(string manifestDigest, PreprocessingSpec spec, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        var digest = await FindOrPackAsync(manifestDigest, spec, cancellationToken);
        var path = Path.Combine(_folder, $"{digest}.npz");
        if (!File.Exists(path)) await CopyAsync(digest, path, cancellationToken);
        File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime);
        foreach (var stale in new DirectoryInfo(_folder).GetFiles("*.npz").OrderByDescending(file => file.LastWriteTimeUtc)
            .Skip(Math.Max(options.Value.CachedDatasets, options.Value.Concurrency)))
        {
            stale.Delete();
        }
        return path;
    }

    private async Task<string> FindOrPackAsync(string manifestDigest, PreprocessingSpec spec, CancellationToken cancellationToken)
    {
        var hash = spec.Hash();
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        if (await registry.PackedDatasets.FindAsync([manifestDigest, hash, 0], cancellationToken) is { } packed) return packed.BlobDigest;
        var digest = await decoder.PackAsync(blobs, manifestDigest, spec, _folder, cancellationToken);

        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (!await registry.PackedDatasets.AnyAsync(row => row.ManifestDigest == manifestDigest && row.PreprocessingHash == hash, cancellationToken))
        {
            registry.PackedDatasets.Add(new PackedDataset { ManifestDigest = manifestDigest, PreprocessingHash = hash, Shard = 0, BlobDigest = digest });
            await registry.SaveChangesAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return digest;
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
