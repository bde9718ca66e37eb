using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage.Backups;

/// <summary>The registry as it was at one moment, in files that go when it is disposed, and the blobs that it named then, which are pinned.</summary>
internal sealed class RegistrySnapshot : IAsyncDisposable
{
    /// <summary>Longer than a backup takes to read the blobs.</summary>
    private static readonly TimeSpan s_pinned = TimeSpan.FromDays(1);

    private readonly List<(BackupTable Table, Stream Rows)> _tables = [];

    private RegistrySnapshot(string schema) => Schema = schema;

    public string Schema { get; }

    public IReadOnlyList<(BackupTable Table, Stream Rows)> Tables => _tables;

    /// <summary>In the order of their digests.</summary>
    public IReadOnlyList<DigestKey> Blobs { get; private set; } = [];

    /// <param name="scratch">A folder with room for the rows.</param>
    /// <exception cref="InvalidOperationException">The database is not up to date with this build.</exception>
    public static async Task<RegistrySnapshot> TakeAsync(RegistryDatabase database, IBlobStore blobs, TimeProvider clock, string scratch, CancellationToken cancellationToken)
    {
        await using var registry = database.CreateDbContext();
        if (await RegistrySchema.MissingAsync(registry, cancellationToken) is { Count: > 0 } missing)
        {
            throw new InvalidOperationException(
                $"The database is not up to date: it lacks {string.Join(", ", missing)}. Start a host of this build on it, or 'migrate' it, and back it up then.");
        }
        RegistrySnapshot snapshot = new(RegistrySchema.LatestOf(registry));
        try
        {
            // What is named now is kept before the moment is fixed: it could otherwise be deleted between the two. What is named until then is new, and kept by whoever named it.
            await PinAsync(database, await NamedAsync(registry, blobs, cancellationToken), clock, cancellationToken);
            HashSet<DigestKey> named;
            await using (await BeginMomentAsync(registry, cancellationToken))
            {
                foreach (var table in RegistryTable.Of(registry)) await snapshot.AddAsync(registry, table, scratch, cancellationToken);
                named = await NamedAsync(registry, blobs, cancellationToken);
            }
            await PinAsync(database, named, clock, cancellationToken);
            snapshot.Blobs = [.. named.OrderBy(blob => blob.High).ThenBy(blob => blob.Low)];
            return snapshot;
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, rows) in _tables) await rows.DisposeAsync();
    }

    private async Task AddAsync(RegistryDbContext registry, RegistryTable table, string scratch, CancellationToken cancellationToken)
    {
        var rows = ScratchFile.Create(scratch);
        var last = table.Identity is null ? null : await IdentityColumn.LastOfAsync(registry, table, cancellationToken);
        _tables.Add((new BackupTable(table.Name, await TableRows.WriteAsync(registry, table with { LastIdentity = last }, rows, cancellationToken)), rows));
        rows.Position = 0;
    }

    /// <summary>A transaction that only reads, sees nothing of what comes after it, and keeps nobody from writing.</summary>
    private static async Task<IDbContextTransaction> BeginMomentAsync(RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (registry.Database.IsNpgsql()) return await registry.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await registry.Database.OpenConnectionAsync(cancellationToken);
        var moment = ((SqliteConnection)registry.Database.GetDbConnection()).BeginTransaction(deferred: true);
        return (await registry.Database.UseTransactionAsync(moment, cancellationToken))!;
    }

    /// <summary>What versions, runs and models name, and every film that the registry says is there.</summary>
    private static async Task<HashSet<DigestKey>> NamedAsync(RegistryDbContext registry, IBlobStore blobs, CancellationToken cancellationToken)
    {
        NamedBlobs named = new(blobs);
        await named.MarkAsync(registry, cancellationToken);
        HashSet<DigestKey> all = [.. named.All];
        await foreach (var film in registry.Images.Select(image => image.Digest).AsAsyncEnumerable().WithCancellation(cancellationToken)) all.Add(DigestKey.Of(film));
        return all;
    }

    private static async Task PinAsync(RegistryDatabase database, HashSet<DigestKey> named, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var registry = database.CreateDbContext();
        await registry.PinBlobsAsync(named.Select(blob => blob.ToString()), clock.GetUtcNow() + s_pinned, cancellationToken);
    }
}
