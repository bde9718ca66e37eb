using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Films;

/// <summary>Tells which films are not in the registry, and keeps the others there for a while.</summary>
internal sealed class MissingFilms(IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, BlobPinning pinning)
{
    public const int MostDigests = 5_000;
    private const int QuestionsAtOnce = 16;

    /// <summary>
    /// The films of <paramref name="digests"/> that must be uploaded, in the order given. All are pinned first: those there because no collection may
    /// take them now, those missing because they are about to come.
    /// </summary>
    /// <param name="verify">Ask the blob store too, and forget films whose blob is gone.</param>
    public async Task<IReadOnlyList<string>> FindAsync(IReadOnlyList<string> digests, bool verify, CancellationToken cancellationToken)
    {
        string[] asked = [.. digests.Distinct()];
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        await pinning.PinAsync(registry, asked, cancellationToken);
        var known = await registry.KnownDigestsAsync(asked, cancellationToken);
        if (verify)
        {
            var lost = await LostAsync(known, cancellationToken);
            await registry.Images.Where(image => EF.Parameter(lost).Contains(image.Digest)).ExecuteDeleteAsync(cancellationToken);
            known.ExceptWith(lost);
        }
        return [.. asked.Where(digest => !known.Contains(digest))];
    }

    /// <summary>As <see cref="FindAsync"/> without verifying, for any number of films: a part at a time, so that others come to write between.</summary>
    public async Task<IReadOnlyList<string>> FindManyAsync(IEnumerable<string> digests, CancellationToken cancellationToken)
    {
        List<string> missing = [];
        foreach (var some in digests.Chunk(MostDigests)) missing.AddRange(await FindAsync(some, verify: false, cancellationToken));
        return missing;
    }

    private async Task<string[]> LostAsync(IReadOnlyCollection<string> digests, CancellationToken cancellationToken)
    {
        List<string> lost = [];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = QuestionsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(digests, parallel, async (digest, token) =>
        {
            if (await blobs.ExistsAsync(digest, token)) return;
            lock (lost) lost.Add(digest);
        });
        return [.. lost];
    }
}
