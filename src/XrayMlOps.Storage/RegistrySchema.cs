using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using XrayMlOps.Storage.Jobs;

namespace XrayMlOps.Storage;

/// <summary>The database was made or changed by a newer build; this one cannot tell what it would do to it.</summary>
public sealed class RegistryTooNewException(string unknown, string database, string build) : InvalidOperationException(
    $"The registry's database holds the migration {unknown}, which this build does not know: the database is at {database}, this build at {build}. "
    + "Migrations only go forward, so start the build that made it, or a newer one; or restore a backup from before into an empty database.");

/// <summary>The tables that this build needs, and how a database comes to have them.</summary>
public static class RegistrySchema
{
    /// <summary>Brings the tables of the registry and of the job queue up to date; several hosts may do so at once.</summary>
    /// <returns>The migrations of the registry that were missing, in order.</returns>
    /// <exception cref="RegistryTooNewException">The database is ahead of this build; nothing was changed.</exception>
    public static async Task<IReadOnlyList<string>> UpdateAllAsync(RegistryDatabase database, CancellationToken cancellationToken)
    {
        var applied = await UpdateAsync(database, cancellationToken);
        await JobSchema.UpdateAsync(database, cancellationToken);
        return applied;
    }

    /// <inheritdoc cref="UpdateAllAsync"/>
    internal static Task<IReadOnlyList<string>> UpdateAsync(RegistryDatabase database, CancellationToken cancellationToken) =>
        UpdateAsync(database, target: null, cancellationToken);

    /// <param name="target">The last migration to apply; null: all.</param>
    internal static async Task<IReadOnlyList<string>> UpdateAsync(RegistryDatabase database, string? target, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> missing = [];
        await SchemaLock.RunAloneAsync(database, async _ =>
        {
            await using var registry = database.CreateDbContext();
            missing = await MissingAsync(registry, cancellationToken);
            if (missing.Count == 0) return;
            await ForgetLockOfKilledAsync(registry, cancellationToken);
            await registry.GetService<IMigrator>().MigrateAsync(target, cancellationToken);
        }, cancellationToken);
        return missing;
    }

    /// <summary>Name of the last migration that this build knows: the same for both kinds of database, whose migrations differ in their dates.</summary>
    internal static string LatestOf(RegistryDbContext registry) => NameOf(registry.Database.GetMigrations().Last());

    /// <summary>What follows the date in a migration's id.</summary>
    internal static string NameOf(string migration) => migration[(migration.IndexOf('_', StringComparison.Ordinal) + 1)..];

    /// <summary>Migrations that a database does not have yet.</summary>
    /// <exception cref="RegistryTooNewException">It has one that this build does not know.</exception>
    internal static async Task<IReadOnlyList<string>> MissingAsync(RegistryDbContext registry, CancellationToken cancellationToken)
    {
        string[] known = [.. registry.Database.GetMigrations()], applied = [.. await registry.Database.GetAppliedMigrationsAsync(cancellationToken)];
        if (applied.Except(known).FirstOrDefault() is { } unknown) throw new RegistryTooNewException(unknown, applied.Max(StringComparer.Ordinal)!, known[^1]);
        return [.. known.Except(applied)];
    }

    /// <summary>On SQLite the migrations' own lock is a row, which a host that is killed leaves behind and others then wait for without end. Whoever holds ours may remove it.</summary>
    private static async Task ForgetLockOfKilledAsync(RegistryDbContext registry, CancellationToken cancellationToken)
    {
        // Whoever opens a file that is not there makes it, and not in the mode that Entity Framework would.
        if (!registry.Database.IsSqlite() || !await registry.GetService<IRelationalDatabaseCreator>().ExistsAsync(cancellationToken)) return;
        var tables = registry.Database.SqlQuery<string>($"SELECT name AS Value FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'");
        if (await tables.AnyAsync(cancellationToken)) await registry.Database.ExecuteSqlAsync($"""DELETE FROM "__EFMigrationsLock" """, cancellationToken);
    }
}
