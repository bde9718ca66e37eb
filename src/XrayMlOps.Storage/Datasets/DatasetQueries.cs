using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Storage.Datasets;

public static class DatasetQueries
{
    /// <summary>Versions that are not deleted, with all that <see cref="DatasetVersion.ToResponse"/> needs.</summary>
    public static IQueryable<DatasetVersion> LiveDatasetVersions(this RegistryDbContext registry) =>
        registry.DatasetVersions.AsNoTracking().Where(version => version.DeletedAt == null)
            .Include(version => version.Tags).Include(version => version.Base).Include(version => version.FrozenTest);

    /// <summary>The version that a reference names now, or null. A digest that several versions share names the newest.</summary>
    public static Task<DatasetVersion?> FindDatasetVersionAsync(this RegistryDbContext registry, DatasetReference reference, CancellationToken cancellationToken)
    {
        var versions = registry.LiveDatasetVersions().Where(version => version.DatasetName == reference.Name);
        if (reference.Number is { } number) versions = versions.Where(version => version.Number == number);
        if (reference.Digest is { } digest) versions = versions.Where(version => version.Digest == digest);
        if (reference.Tag is { } tag) versions = versions.Where(version => version.Tags.Any(pointer => pointer.Tag == tag));
        return versions.OrderByDescending(version => version.Number).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Those of <paramref name="digests"/> that were found good before, by digest.</summary>
    public static async Task<Dictionary<string, Image>> KnownImagesAsync(
        this RegistryDbContext registry, IEnumerable<string> digests, CancellationToken cancellationToken)
    {
        Dictionary<string, Image> known = [];
        foreach (var some in digests.Chunk(500)) // each digest is a parameter of the query, whose number is limited
        {
            await foreach (var image in registry.Images.AsNoTracking().Where(image => some.Contains(image.Digest)).AsAsyncEnumerable().WithCancellation(cancellationToken))
                known.Add(image.Digest, image);
        }
        return known;
    }
}
