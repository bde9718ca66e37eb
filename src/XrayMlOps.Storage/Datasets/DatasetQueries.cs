using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Storage.Datasets;

public static class DatasetQueries
{
    /// <summary>The version that a reference names now, or null. A digest that several versions share names the newest.</summary>
    public static Task<DatasetVersion?> FindDatasetVersionAsync(this RegistryDbContext registry, DatasetReference reference, CancellationToken cancellationToken)
    {
        var versions = registry.DatasetVersions.AsNoTracking().Where(version => version.DatasetName == reference.Name);
        if (reference.Number is { } number) versions = versions.Where(version => version.Number == number);
        if (reference.Digest is { } digest) versions = versions.Where(version => version.Digest == digest);
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
