using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Packing;

namespace XrayMlOps.Worker.Tensors;

/// <summary>Packs a dataset version's films again, for a preprocessing that it was not packed for when it was pushed.</summary>
internal sealed class TensorDecoder(FilmDecoder decoder)
{
    /// <param name="folder">Takes scratch files while it works.</param>
    /// <returns>Digest of the npz file, which is in the blob store.</returns>
    public async Task<string> PackAsync(IBlobStore blobs, string manifestDigest, PreprocessingSpec spec, string folder, CancellationToken cancellationToken)
    {
        List<ManifestEntry> entries = [];
        await using (var manifest = await blobs.OpenReadAsync(manifestDigest, cancellationToken))
        {
            await foreach (var entry in DatasetManifest.ReadAsync(manifest, cancellationToken)) entries.Add(entry);
        }
        await using var packer = await DatasetPacker.DecodeAsync(blobs, decoder, spec, [.. entries.Select(entry => entry.Digest)], folder, progress: null, cancellationToken);
        return await packer.StoreAsync(blobs, entries, folder, cancellationToken);
    }
}
