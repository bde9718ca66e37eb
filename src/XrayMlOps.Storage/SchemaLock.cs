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

    /// <summary>Works while no other host does so; on other databases than PostgreSQL, at once.</summary>
    /// <param name="work">Is given the connection that holds the lock, or null where there is none.</param>
    public static async Task RunAloneAsync(RegistryDatabase database, Func<NpgsqlConnection?, Task> work, CancellationToken cancellationToken)
    {
        if (database.PostgresConnection is not { } connectionString)
        {
            await work(null);
            return;
        }
        // The lock goes with the connection, so a host that is killed here leaves none behind.
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({Lock})", cancellationToken);
        await work(connection);
        await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({Lock})", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
