using Microsoft.Extensions.Options;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Packing;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>Packs a version under the default preprocessing, mostly from the rows that its films left when they came in.</summary>
internal sealed class VersionPacking(IBlobStore blobs, FilmDecoder decoder, RowCache cache, BlobPinning pinning, IOptions<ControlPlaneOptions> options)
{
    /// <returns>Digests of the shards, which are pinned and in the store.</returns>
    public Task<IReadOnlyList<string>> PackAsync(IReadOnlyList<ManifestEntry> films, IProgress<PushProgress> packed, CancellationToken cancellationToken) =>
        new TensorPacker(blobs, decoder, options.Value.ScratchFolder).PackAsync(
            films, PreprocessingSpec.Default, cache, pinning.PutAsync, done => packed.Report(new PushProgress(done, films.Count)), cancellationToken);
}
