using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Packing;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Worker.Tensors;

/// <summary>Packs a dataset version for a preprocessing that it was not packed for when it was pushed.</summary>
internal sealed class OnDemandPacking(IBlobStore blobs, FilmDecoder decoder, BlobPinning pinning)
{
    /// <param name="folder">Takes scratch files while it works.</param>
    /// <returns>Digests of the shards, which are pinned and in the store.</returns>
    public async Task<IReadOnlyList<string>> PackAsync(string manifestDigest, PreprocessingSpec spec, string folder, CancellationToken cancellationToken)
    {
        List<ManifestEntry> films = [];
        await using (var manifest = await blobs.OpenReadAsync(manifestDigest, cancellationToken))
        {
            await foreach (var film in DatasetManifest.ReadAsync(manifest, cancellationToken)) films.Add(film);
        }
        return await new TensorPacker(blobs, decoder, folder).PackAsync(
            films, spec, cache: null, pinning.PutAsync, packed: null, cancellationToken);
    }
}
