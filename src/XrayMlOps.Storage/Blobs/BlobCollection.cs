using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Blobs;

/// <summary>
/// Frees the blobs that nothing names and nobody has pinned, beside pushes and runs that go on: whoever is about to name a blob pins it first
/// (<see cref="BlobPins.PinBlobsAsync"/>). Nothing else deletes blobs but <see cref="SupersededBlobs"/>. One that breaks off leaves less to do for the next.
/// </summary>
/// <remarks>
/// A blob goes in two steps, each alone and each after another look at pins and names: first the registry forgets it, then the store does. A crash
/// between leaves a blob that nothing names. Somebody who pins it between finds that the registry does not know it, and puts it again.
/// </remarks>
public sealed partial class BlobCollection(
    IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, TimeProvider clock, ILogger<BlobCollection> logger) : IDisposable
{
    // What is done alone makes others wait, so it is little at a time.
    private const int BatchBlobs = 200;
    private const int DeletesAtOnce = 16;
    private static readonly TimeSpan s_leftoverAge = TimeSpan.FromDays(1);
    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="dryRun">Free nothing, and tell what would be freed.</param>
    /// <exception cref="InvalidOperationException">The manifest of a version is lost; nothing was freed.</exception>
    /// <exception cref="BlobStoreUnavailableException">The store went away; what was freed by then stays freed.</exception>
    public async Task<CollectResponse> CollectAsync(bool dryRun, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var registry = await registries.CreateDbContextAsync(cancellationToken);
            if (!dryRun) await TidyAsync(registry, cancellationToken);
            // Listed before it is marked: what is stored from now on is none of this collection's business.
            List<(DigestKey Blob, long Bytes)> unnamed = [];
            await foreach (var blob in blobs.ListAsync(cancellationToken)) unnamed.Add((DigestKey.Of(blob.Digest), blob.Bytes));
            var (stored, storedBytes) = (unnamed.Count, unnamed.Sum(blob => blob.Bytes));
            NamedBlobs named = new(blobs);
            await named.MarkAsync(registry, cancellationToken);
            unnamed.RemoveAll(blob => named.Contains(blob.Blob));

            Tally tally = new(new Share(), new Share(), new Share());
            foreach (var batch in unnamed.Chunk(BatchBlobs)) await CollectAsync(registry, named, batch, tally, dryRun, cancellationToken);
            var (freed, pinned, vanished) = tally;
            var kept = stored - freed.Blobs - pinned.Blobs - vanished.Blobs;
            LogCollected(freed.Blobs, freed.Bytes, kept, pinned.Blobs, dryRun);
            return new CollectResponse(freed.Blobs, freed.Bytes, kept, storedBytes - freed.Bytes - pinned.Bytes - vanished.Bytes, pinned.Blobs, dryRun);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Forgets pins that ran out, tensors of versions that are deleted, and what crashes left in the store.</summary>
    private async Task TidyAsync(RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (blobs is FolderBlobStore folder) folder.RemoveLeftovers(now - s_leftoverAge);
        await using var alone = await registry.BeginAloneAsync(cancellationToken);
        await registry.BlobPins.Where(pin => pin.Until <= now).ExecuteDeleteAsync(cancellationToken);
        await ForgetTensorsAsync(registry, cancellationToken);
        await alone.CommitAsync(cancellationToken);
    }

    private static Task ForgetTensorsAsync(RegistryDbContext registry, CancellationToken cancellationToken) => registry.PackedDatasets
        .Where(packed => !registry.DatasetVersions.Any(version => version.Digest == packed.ManifestDigest && version.DeletedAt == null))
        .ExecuteDeleteAsync(cancellationToken);

    private async Task CollectAsync(
        RegistryDbContext registry, NamedBlobs named, (DigestKey Blob, long Bytes)[] batch, Tally tally, bool dryRun, CancellationToken cancellationToken)
    {
        var sizes = batch.ToDictionary(blob => blob.Blob.ToString(), blob => blob.Bytes);
        string[] free = [.. sizes.Keys];
        if (dryRun)
        {
            foreach (var digest in await UnpinnedAsync(registry, free, sizes, tally, cancellationToken)) tally.Freed.Add(sizes[digest]);
            return;
        }
        await using (var alone = await registry.BeginAloneAsync(cancellationToken))
        {
            free = await FreeAsync(registry, named, free, sizes, tally, cancellationToken);
            await registry.Images.Where(image => EF.Parameter(free).Contains(image.Digest)).ExecuteDeleteAsync(cancellationToken);
            await ForgetTensorsAsync(registry, cancellationToken); // of versions that were deleted since: who pushes their films again must not be told that these are there
            await alone.CommitAsync(cancellationToken);
        }
        await using (await registry.BeginAloneAsync(cancellationToken))
        {
            free = await FreeAsync(registry, named, free, sizes, tally, cancellationToken);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = DeletesAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(free, parallel, async (digest, token) =>
            {
                var existed = await blobs.DeleteAsync(digest, token);
                lock (tally) (existed ? tally.Freed : tally.Vanished).Add(sizes[digest]);
            });
        }
    }

    /// <summary>Those that are neither named by now nor pinned.</summary>
    private async Task<string[]> FreeAsync(
        RegistryDbContext registry, NamedBlobs named, string[] digests, Dictionary<string, long> sizes, Tally tally, CancellationToken cancellationToken)
    {
        await named.MarkNewAsync(registry, digests, cancellationToken);
        return await UnpinnedAsync(registry, [.. digests.Where(digest => !named.Contains(DigestKey.Of(digest)))], sizes, tally, cancellationToken);
    }

    private async Task<string[]> UnpinnedAsync(
        RegistryDbContext registry, string[] digests, Dictionary<string, long> sizes, Tally tally, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var pinned = await registry.BlobPins.Where(pin => EF.Parameter(digests).Contains(pin.Digest) && pin.Until > now)
            .Select(pin => pin.Digest).ToHashSetAsync(cancellationToken);
        foreach (var digest in pinned) tally.Pinned.Add(sizes[digest]);
        return [.. digests.Where(digest => !pinned.Contains(digest))];
    }

    [LoggerMessage(30, LogLevel.Information, "Collection freed {Blobs} blobs, {Bytes} bytes; {Kept} are named and {Pinned} pinned (dry run: {DryRun})")]
    private partial void LogCollected(int blobs, long bytes, int kept, int pinned, bool dryRun);

    private sealed class Share
    {
        public int Blobs { get; private set; }

        public long Bytes { get; private set; }

        public void Add(long bytes) => (Blobs, Bytes) = (Blobs + 1, Bytes + bytes);
    }

    /// <param name="Vanished">Somebody else took them away meanwhile.</param>
    private sealed record Tally(Share Freed, Share Pinned, Share Vanished);
}
