using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Packing;

public static class ManifestPacking
{
    /// <summary>Stores the tensors of a dataset version (see <see cref="WriteAsync"/>) as a blob and returns its digest.</summary>
    /// <param name="scratchFolder">Takes the file while it is written.</param>
    public static async Task<string> StoreAsync(
        this DatasetPacker packer, IBlobStore blobs, IReadOnlyList<ManifestEntry> manifest, string scratchFolder, CancellationToken cancellationToken)
    {
        await using var npz = new FileStream(
            Path.Combine(scratchFolder, $"{Guid.NewGuid():N}.npz"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16,
            FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        await packer.WriteAsync(npz, manifest, cancellationToken);
        npz.Position = 0;
        return await blobs.PutAsync(npz, expectedDigest: null, cancellationToken);
    }

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
