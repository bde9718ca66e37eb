using Microsoft.EntityFrameworkCore;

namespace XrayMlOps.Storage.Blobs;

public static class BlobReferences
{
    /// <summary>Whether anything in the registry names a blob: then it must not be deleted.</summary>
    public static async Task<bool> NamesBlobAsync(this RegistryDbContext registry, string digest, CancellationToken cancellationToken) =>
        await registry.Images.AnyAsync(image => image.Digest == digest, cancellationToken)
        || await registry.DatasetVersions.AnyAsync(version => version.Digest == digest, cancellationToken)
        || await registry.PackedDatasets.AnyAsync(packed => packed.BlobDigest == digest, cancellationToken)
        || await registry.RunArtifacts.AnyAsync(artifact => artifact.Digest == digest, cancellationToken);
}
