using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Packing;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Worker.Tensors;

/// <summary>Packs a dataset version for a preprocessing that it was not packed for when it was pushed.</summary>
internal sealed class OnDemandPacking(IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, FilmDecoder decoder, BlobPinning pinning)
{
    /// <param name="folder">Takes scratch files while it works.</param>
    /// <returns>Digests of the shards, which are pinned and in the store.</returns>
    /// <exception cref="BlobNotFoundException">The manifest or a film is gone.</exception>
    /// <exception cref="InvalidOperationException">A collection took a shard before the last one was packed.</exception>
    public async Task<IReadOnlyList<string>> PackAsync(string manifestDigest, PreprocessingSpec spec, string folder, CancellationToken cancellationToken)
    {
        var films = await ReadAsync(manifestDigest, cancellationToken);
        var shards = await new TensorPacker(blobs, decoder, folder).PackAsync(
            films, spec, cache: null, pinning.PutAsync, packed: null, cancellationToken);
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        return await pinning.RenewAsync(registry, shards, cancellationToken) is { } lost
            ? throw new InvalidOperationException($"packing took so long that a collection took shard {lost}: have blobs pinned for longer (Blobs:PinMinutes)")
            : shards;
    }

    private async Task<IReadOnlyList<ManifestEntry>> ReadAsync(string manifestDigest, CancellationToken cancellationToken)
    {
        await using var manifest = await blobs.OpenReadAsync(manifestDigest, cancellationToken);
        return await DatasetManifest.ReadAsync(manifest, cancellationToken).ToListAsync(cancellationToken);
    }
}
