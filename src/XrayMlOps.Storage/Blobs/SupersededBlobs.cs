using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Blobs;

/// <summary>
/// Frees a blob at once, where a collection would come too late: a run writes a checkpoint an epoch, each of which takes the place of the one before.
/// </summary>
public sealed class SupersededBlobs(IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs)
{
    /// <summary>Frees a blob that was an artifact of a run and is no film, unless something names it still. Its pins do not count: whoever put it named it.</summary>
    public async Task FreeAsync(string digest, CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        await using var alone = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.RunArtifacts.AnyAsync(artifact => artifact.Digest == digest, cancellationToken)
            || await registry.ModelVersions.AnyAsync(model => model.Digest == digest, cancellationToken)
            || await registry.PackedDatasets.AnyAsync(packed => packed.BlobDigest == digest, cancellationToken)
            || await registry.Images.AnyAsync(image => image.Digest == digest, cancellationToken))
        {
            return;
        }
        await registry.BlobPins.Where(pin => pin.Digest == digest).ExecuteDeleteAsync(cancellationToken);
        await blobs.DeleteAsync(digest, cancellationToken);
        await alone.CommitAsync(cancellationToken);
    }
}
