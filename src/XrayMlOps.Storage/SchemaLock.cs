using Npgsql;

namespace XrayMlOps.Storage;

/// <summary>
/// Lets hosts that start together change the tables of a PostgreSQL database one after the other. The migrations' own lock is let go between two of them, and Hangfire's
/// installer has none.
/// </summary>
internal static class SchemaLock
{
    // Any number would do that is not the registry's own lock: advisory locks are known by theirs.
    private const long Lock = 0x58_52_41_4a;

    /// <summary>Hosts often start beside their database, or while it restarts.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Works while no other host does so, again if the database goes away meanwhile; on other databases than PostgreSQL, at once.</summary>
    /// <param name="work">Is given the connection that holds the lock, or null where there is none. May be done twice.</param>
    public static Task RunAloneAsync(RegistryDatabase database, Func<NpgsqlConnection?, Task> work, CancellationToken cancellationToken) =>
        database.PostgresConnection is { } connectionString
            ? StorageOutage.RideOutAsync(() => RunAloneAsync(connectionString, work, cancellationToken), s_patience, TimeProvider.System, cancellationToken)
            : work(null);

    private static async Task<bool> RunAloneAsync(string connectionString, Func<NpgsqlConnection?, Task> work, CancellationToken cancellationToken)
    {
        // The lock goes with the connection, so a host that is killed here leaves none behind.
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({Lock})", cancellationToken);
        await work(connection);
        await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({Lock})", cancellationToken);
        return true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
