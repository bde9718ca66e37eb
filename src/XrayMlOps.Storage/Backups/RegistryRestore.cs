using System.Data.Common;
using System.Formats.Tar;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.Storage.Backups;

/// <summary>
/// Brings a backup into an empty registry, whatever kinds of storage it came from. The whole archive is read and checked, its blobs stored, before the first
/// row is written, and all rows are written in one transaction: what breaks off leaves an empty registry, and can be done again.
/// </summary>
public sealed class RegistryRestore(RegistryDatabase database, IBlobStore blobs, TimeProvider clock)
{
    /// <summary>Checks a backup without restoring it.</summary>
    /// <exception cref="BackupRefusedException">The file is no backup, is damaged, or is of a newer format.</exception>
    public static async Task<BackupHead> VerifyAsync(string path, IProgress<BackupProgress>? progress, CancellationToken cancellationToken) =>
        (await BackupReader.ReadAsync(path, new BackupInspection(progress), cancellationToken)).Head;

    /// <exception cref="BackupRefusedException">The backup is damaged or too new, or the registry is not empty.</exception>
    public async Task<BackupHead> RestoreAsync(string path, IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var backup = await BackupReader.ReadAsync(path, new BlobRestore(database, blobs, clock, progress), cancellationToken);
        await using (var registry = database.CreateDbContext())
        {
            await using var alone = await registry.BeginAloneAsync(cancellationToken);
            await RequireEmptyAsync(registry, backup.Head.Tables, cancellationToken);
            await WriteRowsAsync(registry, path, backup, cancellationToken);
            await alone.CommitAsync(cancellationToken);
        }
        await RegistrySchema.UpdateAllAsync(database, cancellationToken); // a backup of an older build
        return backup.Head;
    }

    /// <summary>Makes the tables as they were when the backup was written, unless they are there; they must be empty.</summary>
    internal static async Task PrepareAsync(RegistryDatabase database, BackupHead head, CancellationToken cancellationToken)
    {
        await using var registry = database.CreateDbContext();
        var migration = registry.Database.GetMigrations().LastOrDefault(id => RegistrySchema.NameOf(id) == head.Schema)
            ?? throw new BackupRefusedException(
                $"The backup has the schema {head.Schema}, which this build ({RegistrySchema.LatestOf(registry)}) does not know for this kind of database: "
                + $"restore it with the build that wrote it ({head.Tool}), or a newer one.", isArchive: true);
        var missing = await RegistrySchema.MissingAsync(registry, cancellationToken);
        if (registry.Database.GetMigrations().Except(missing).LastOrDefault(id => string.CompareOrdinal(id, migration) > 0) is { } ahead)
        {
            throw new BackupRefusedException(
                $"The database has tables of {ahead} already, whereas the backup is of {head.Schema}: give a database without tables, "
                + "which is brought up to date once the backup is in it.", isArchive: false);
        }
        await RegistrySchema.UpdateAsync(database, migration, cancellationToken);
        await using var moment = await registry.Database.BeginTransactionAsync(cancellationToken);
        await RequireEmptyAsync(registry, head.Tables, cancellationToken);
    }

    private static async Task RequireEmptyAsync(RegistryDbContext registry, IReadOnlyList<BackupTable> tables, CancellationToken cancellationToken)
    {
        var sql = registry.GetService<ISqlGenerationHelper>();
        foreach (var table in tables)
        {
            await using var count = registry.Database.GetDbConnection().CreateCommand();
            count.Transaction = registry.Database.CurrentTransaction!.GetDbTransaction();
            count.CommandText = $"SELECT count(*) FROM {sql.DelimitIdentifier(table.Name)}";
            if (Convert.ToInt64(await count.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture) is > 0 and var rows)
            {
                throw new BackupRefusedException(
                    $"The registry is not empty: {table.Name} has {rows} row(s). A backup is only restored into an empty registry: give another database.", isArchive: false);
            }
        }
    }

    private static async Task WriteRowsAsync(RegistryDbContext registry, string path, ReadBackup backup, CancellationToken cancellationToken)
    {
        await using var file = BackupReader.Open(path);
        await using TarReader tar = new(file);
        for (var left = backup.Tables.Count; left > 0;)
        {
            var entry = await BackupReader.NextAsync(tar, BackupFormat.Head, cancellationToken) ?? throw Changed();
            if (BackupFormat.TableOf(entry.Name) is not { } table) continue;
            await using HashingStream rows = new(entry.DataStream ?? Stream.Null);
            await WriteRowsAsync(registry, rows, cancellationToken);
            if (!backup.Tables.TryGetValue(table, out var digest) || await rows.FinishAsync(cancellationToken) != digest) throw Changed();
            left--;
        }

        static BackupRefusedException Changed() => BackupRefusedException.Damaged("it was changed while it was read");
    }

    private static async Task WriteRowsAsync(RegistryDbContext registry, Stream rows, CancellationToken cancellationToken)
    {
        DbCommand? insert = null;
        RegistryTable? last = null;
        var written = 0L;
        try
        {
            await foreach (var (table, row) in TableRows.ReadAsync(rows, cancellationToken))
            {
                last = table;
                if (row is null)
                {
                    insert = TableRows.InsertInto(registry, table);
                    await insert.PrepareAsync(cancellationToken);
                    continue;
                }
                for (var i = 0; i < row.Length; i++) insert!.Parameters[i].Value = row[i] ?? DBNull.Value;
                await insert!.ExecuteNonQueryAsync(cancellationToken);
                written++;
            }
            if (last is { Identity: not null, LastIdentity: { } value }) await IdentityColumn.ContinueAsync(registry, last, value, cancellationToken);
        }
        catch (Exception problem) when (problem is InvalidOperationException || (problem is DbException && !StorageOutage.IsPassing(problem)))
        {
            throw new BackupRefusedException($"Row {written + 1} of {last?.Name} cannot be written into this database ({problem.Message}). Nothing was restored.", isArchive: true, problem);
        }
        finally
        {
            if (insert is not null) await insert.DisposeAsync();
        }
    }
}

/// <summary>Stores the blobs of a backup.</summary>
internal sealed class BlobRestore(RegistryDatabase database, IBlobStore blobs, TimeProvider clock, IProgress<BackupProgress>? progress) : BackupVisitor
{
    private const int PinsAtOnce = 5_000;

    /// <summary>Longer than a restore takes from its beginning to the rows that name the blobs.</summary>
    private static readonly TimeSpan s_pinned = TimeSpan.FromDays(1);

    private BackupHead? _head;
    private long _stored;
    private long _bytes;

    public override Task HeadAsync(BackupHead head, CancellationToken cancellationToken)
    {
        _head = head;
        return RegistryRestore.PrepareAsync(database, head, cancellationToken);
    }

    public override async Task BlobListAsync(IAsyncEnumerable<BackupEntry> entries, CancellationToken cancellationToken)
    {
        await using var registry = database.CreateDbContext();
        await foreach (var some in entries.Chunk(PinsAtOnce).WithCancellation(cancellationToken))
            await registry.PinBlobsAsync(some.Select(entry => entry.Sha256), clock.GetUtcNow() + s_pinned, cancellationToken);
    }

    public override async Task BlobAsync(string digest, Stream content, CancellationToken cancellationToken)
    {
        // What a restore before this one stored is not stored again.
        if (!await blobs.ExistsAsync(digest, cancellationToken)) await blobs.PutAsync(content, digest, cancellationToken);
        (_stored, _bytes) = (_stored + 1, _bytes + content.Length);
        progress?.Report(new BackupProgress(_stored, _head!.Blobs, _bytes, _head.BlobBytes));
    }
}
