using Npgsql;
using XrayMlOps.Storage.Postgres;

namespace XrayMlOps.Storage;

/// <summary>
/// Lets hosts that start together change the tables of a database one after the other. The migrations' own lock is let go between two of them on PostgreSQL and outlives a
/// host that is killed on SQLite, and Hangfire's installer has none. This one goes with whoever holds it.
/// </summary>
internal static class SchemaLock
{
    // Any number would do that is not the registry's own lock: advisory locks are known by theirs.
    private const long Lock = 0x58_52_41_4a;

    private const string FileSuffix = ".schema-lock";

    /// <summary>Hosts often start beside their database, or while it restarts.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(100);

    /// <summary>Works while no other host does so; on PostgreSQL again if the database goes away meanwhile.</summary>
    /// <param name="work">Is given the connection that holds the lock, or null on SQLite. May be done twice.</param>
    public static Task RunAloneAsync(RegistryDatabase database, Func<NpgsqlConnection?, Task> work, CancellationToken cancellationToken)
    {
        if (database.Postgres is { } postgres)
            return StorageOutage.RideOutAsync(() => RunAloneAsync(postgres, work, cancellationToken), s_patience, TimeProvider.System, cancellationToken);
        return database.SqliteFile is { } file ? RunAloneAsync(file + FileSuffix, work, cancellationToken) : work(null);
    }

    private static async Task<bool> RunAloneAsync(PostgresDatabase postgres, Func<NpgsqlConnection?, Task> work, CancellationToken cancellationToken)
    {
        await using var connection = postgres.CreateConnection();
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({Lock})", cancellationToken);
        await work(connection);
        await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({Lock})", cancellationToken);
        return true;
    }

    private static async Task RunAloneAsync(string lockFile, Func<NpgsqlConnection?, Task> work, CancellationToken cancellationToken)
    {
        await using var held = await HoldAsync(lockFile, cancellationToken);
        await work(null);
    }

    /// <summary>The file stays: were it removed, two could each hold a file of that name.</summary>
    private static async Task<FileStream> HoldAsync(string lockFile, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(lockFile))
            {
                await Task.Delay(s_betweenTries, cancellationToken);
            }
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
