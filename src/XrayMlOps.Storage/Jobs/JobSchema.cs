using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace XrayMlOps.Storage.Jobs;

/// <summary>
/// Brings Hangfire's own tables in PostgreSQL up to date before any other hosted service starts. Hosts that start together do so one after the other:
/// Hangfire's installer fails where two of them run at once.
/// </summary>
internal sealed class JobSchema(IDbContextFactory<RegistryDbContext> registries) : IHostedLifecycleService
{
    public const string Name = "hangfire";

    // Any number would do that is not the registry's own lock: advisory locks are known by theirs.
    private const long Lock = 0x58_52_41_4a;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (registries is not RegistryDatabase { PostgresConnection: { } connectionString }) return;
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync(cancellationToken);
        // The lock goes with the connection, so a host that is killed here leaves none behind.
        await using (var take = new NpgsqlCommand($"SELECT pg_advisory_lock({Lock})", connection)) await take.ExecuteNonQueryAsync(cancellationToken);
        PostgreSqlObjectsInstaller.Install(connection, Name);
        await using (var release = new NpgsqlCommand($"SELECT pg_advisory_unlock({Lock})", connection)) await release.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
