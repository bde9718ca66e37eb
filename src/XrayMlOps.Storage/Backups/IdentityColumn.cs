using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace XrayMlOps.Storage.Backups;

/// <summary>Where the database counts the values of an identity column: numbers of rows that were deleted are not given again, before a restore or after it.</summary>
internal static class IdentityColumn
{
    /// <summary>The last value that was given, or null if none was.</summary>
    public static async Task<long?> LastOfAsync(RegistryDbContext registry, RegistryTable table, CancellationToken cancellationToken)
    {
        var values = registry.Database.IsNpgsql()
            ? registry.Database.SqlQuery<long?>($"""SELECT pg_sequence_last_value(pg_get_serial_sequence({Delimited(registry, table)}, {table.Identity})::regclass) AS "Value" """)
            : registry.Database.SqlQuery<long?>($"SELECT seq AS Value FROM sqlite_sequence WHERE name = {table.Name}");
        return (await values.ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>Goes on after a value.</summary>
    public static async Task ContinueAsync(RegistryDbContext registry, RegistryTable table, long last, CancellationToken cancellationToken)
    {
        if (registry.Database.IsNpgsql())
        {
            await registry.Database.ExecuteSqlAsync($"SELECT setval(pg_get_serial_sequence({Delimited(registry, table)}, {table.Identity}), {last})", cancellationToken);
            return;
        }
        await registry.Database.ExecuteSqlAsync($"DELETE FROM sqlite_sequence WHERE name = {table.Name}", cancellationToken);
        await registry.Database.ExecuteSqlAsync($"INSERT INTO sqlite_sequence (name, seq) VALUES ({table.Name}, {last})", cancellationToken);
    }

    private static string Delimited(RegistryDbContext registry, RegistryTable table) => registry.GetService<ISqlGenerationHelper>().DelimitIdentifier(table.Name);
}
