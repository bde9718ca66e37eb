using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Films;

/// <summary>
/// Writes what single films need written, many films a transaction: while one transaction commits, the entries of the next gather. An entry is
/// answered when it is on the disk, and thousands of small films do not wait for the disk one by one.
/// </summary>
internal sealed class FilmLedger(IDbContextFactory<RegistryDbContext> registries, BlobPinning pinning) : IDisposable
{
    private readonly ConcurrentQueue<Entry> _entries = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Keeps a blob from collection for as long as a push may need; no write if it is kept already.</summary>
    public Task PinAsync(string digest) => pinning.IsPinnedHere(digest) ? Task.CompletedTask : WriteAsync(new Entry(digest, Facts: null));

    /// <summary>Makes a film known whose blob is pinned and in the store. False if it is known already: then it stays as it is.</summary>
    public Task<bool> RegisterAsync(FilmFacts facts) => WriteAsync(new Entry(facts.Digest, facts));

    public void Dispose() => _turn.Dispose();

    /// <summary>Not to be cancelled: an entry that nobody waits for would be written with the next push, when its film's pin ran out and its blob may be gone.</summary>
    private async Task<bool> WriteAsync(Entry entry)
    {
        _entries.Enqueue(entry);
        await _turn.WaitAsync();
        try
        {
            if (!entry.Written.Task.IsCompleted) await WriteAllAsync();
        }
        finally
        {
            _turn.Release();
        }
        return await entry.Written.Task;
    }

    private async Task WriteAllAsync()
    {
        List<Entry> entries = [];
        Dictionary<string, FilmFacts> films;
        while (_entries.TryDequeue(out var entry)) entries.Add(entry);
        try
        {
            await using var registry = await registries.CreateDbContextAsync();
            await using var transaction = await registry.BeginAloneAsync(CancellationToken.None);
            string[] pins = [.. entries.Where(entry => entry.Facts is null).Select(entry => entry.Digest).Distinct()];
            if (pins is not []) await pinning.PinAsync(registry, pins, CancellationToken.None);
            films = entries.Where(entry => entry.Facts is not null).DistinctBy(entry => entry.Digest).ToDictionary(entry => entry.Digest, entry => entry.Facts!);
            foreach (var known in await registry.KnownDigestsAsync(films.Keys, CancellationToken.None)) films.Remove(known);
            registry.Images.AddRange(films.Values.Select(Image.Of));
            await registry.SaveChangesAsync();
            await transaction.CommitAsync();
        }
        catch (Exception problem)
        {
            foreach (var entry in entries) entry.Written.SetException(problem);
            return;
        }
        foreach (var entry in entries) entry.Written.SetResult(films.ContainsKey(entry.Digest));
    }

    /// <param name="Facts">Null to pin the blob, else what to register.</param>
    private sealed record Entry(string Digest, FilmFacts? Facts)
    {
        /// <summary>Whether it made a film known that was not.</summary>
        public TaskCompletionSource<bool> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
