using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Packing;

public static class ManifestPacking
{
    /// <summary>
    /// Writes the tensors of a dataset version: a row an entry, in the manifest's order; patients are numbered in ordinal order of
    /// their names. Every entry's film must have been read.
    /// </summary>
    public static Task WriteAsync(this DatasetPacker packer, Stream npz, IReadOnlyList<ManifestEntry> manifest, CancellationToken cancellationToken)
    {
        var films = packer.Films.Index().ToDictionary(film => film.Item.Digest, film => film.Index);
        var patients = manifest.Select(entry => entry.Patient).Distinct().Order(StringComparer.Ordinal).Index().ToDictionary(patient => patient.Item, patient => (long)patient.Index);
        return packer.WriteAsync(
            npz, [.. manifest.Select(entry => new PackedRow(films[entry.Digest], entry.Label, entry.Split, patients[entry.Patient]))], cancellationToken);
    }
}
