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
internal sealed partial class TensorCache(
    IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, OnDemandPacking packing, TimeProvider clock, IOptions<WorkerOptions> options,
    ILogger<TensorCache> logger)
{
    private readonly string _folder = FolderOf(options.Value);
    private readonly TensorFolders _folders = new(FolderOf(options.Value), options.Value.CachedDatasets, clock);

    /// <summary>Shards that the store has lost are packed again, once: they are derived from the films.</summary>
    /// <exception cref="BlobNotFoundException">A film is gone, or a shard that was just packed again.</exception>
    /// <exception cref="BlobDigestMismatchException">A shard is damaged.</exception>
    public async Task<TensorLease> GetAsync(string manifestDigest, PreprocessingSpec spec, CancellationToken cancellationToken)
    {
        var name = $"{manifestDigest}-{spec.Hash()}";
        var version = _folders.Take(name);
        try
        {
            var shards = await FindOrPackAsync(manifestDigest, spec, cancellationToken);
            IReadOnlyList<string> paths;
            try
            {
                paths = await CopyAsync(shards, version.FullName, cancellationToken);
            }
            catch (BlobNotFoundException lost)
            {
                LogLost(manifestDigest, lost.BlobDigest);
                await ForgetAsync(manifestDigest, spec, lost.BlobDigest, cancellationToken);
                paths = await CopyAsync(await FindOrPackAsync(manifestDigest, spec, cancellationToken), version.FullName, cancellationToken);
            }
            _folders.Use(version);
            return new TensorLease(paths, () => _folders.Release(name));
        }
        catch
        {
            _folders.Release(name);
            throw;
        }
    }

    private static string FolderOf(WorkerOptions options) => Path.Combine(Path.GetFullPath(options.Folder), "cache");

    /// <summary>Digests of the shards, in order.</summary>
    private async Task<IReadOnlyList<string>> FindOrPackAsync(string manifestDigest, PreprocessingSpec spec, CancellationToken cancellationToken)
    {
        var hash = spec.Hash();
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        var rows = registry.ShardsOf(manifestDigest, hash).OrderBy(row => row.Shard).Select(row => row.BlobDigest);
        if (await rows.ToListAsync(cancellationToken) is { Count: > 0 } found) return found;
        var packed = await packing.PackAsync(manifestDigest, spec, _folder, cancellationToken);

        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await rows.ToListAsync(cancellationToken) is { Count: > 0 } another) return another; // packed beside this
        registry.AddShards(manifestDigest, hash, packed);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return packed;
    }

    /// <summary>Forgets how a version is packed, unless it was packed otherwise since.</summary>
    private async Task ForgetAsync(string manifestDigest, PreprocessingSpec spec, string lost, CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var rows = registry.ShardsOf(manifestDigest, spec.Hash());
        if (!await rows.AnyAsync(row => row.BlobDigest == lost, cancellationToken)) return;
        await rows.ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<string>> CopyAsync(IReadOnlyList<string> shards, string folder, CancellationToken cancellationToken)
    {
        List<string> paths = [];
        foreach (var digest in shards)
        {
            var path = Path.Combine(folder, $"{digest}.npz");
            if (!File.Exists(path)) await CopyAsync(digest, path, cancellationToken);
            paths.Add(path);
        }
        return paths;
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

    [LoggerMessage(43, LogLevel.Warning, "Shard {Shard} of dataset version {Manifest} is not in the blob store any more; the version is packed again")]
    private partial void LogLost(string manifest, string shard);
}
