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
    private static readonly PreprocessingSpec s_spec = PreprocessingSpec.Default;

    /// <returns>Digests of the shards, which are pinned and in the store.</returns>
    public async Task<string[]> PackAsync(IReadOnlyList<ManifestEntry> films, IProgress<PushProgress> packed, CancellationToken cancellationToken)
    {
        await using var rows = new FilmRows(blobs, decoder, s_spec, [.. films.Select(film => film.Digest)], cache, cancellationToken);
        await using var npz = ScratchFile.Create(options.Value.ScratchFolder);
        var patients = films.Select(film => film.Patient).Distinct().Order(StringComparer.Ordinal).Index().ToDictionary(patient => patient.Item, patient => (long)patient.Index);
        var labels = films.Select(film => new PackedLabel(film.Label, film.Split, patients[film.Patient])).ToArray();
        await PackedTensors.WriteAsync(npz, s_spec.Height, s_spec.Width, labels, async (row, pixels, _) =>
        {
            await rows.ReadNextAsync(pixels);
            packed.Report(new PushProgress(row + 1, films.Count));
        }, cancellationToken);
        return [await pinning.PutAsync(npz, cancellationToken)];
    }
}
