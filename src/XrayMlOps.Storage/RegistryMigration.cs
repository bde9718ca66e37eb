using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace XrayMlOps.Storage;

/// <summary>Brings the registry's schema up to date before any other hosted service starts.</summary>
internal sealed class RegistryMigration(IDbContextFactory<RegistryDbContext> registries) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => SchemaLock.RunAloneAsync((RegistryDatabase)registries, async _ =>
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        // A migration takes a lock that a kill leaves behind on SQLite, so it is only begun where there is something to do.
        if ((await registry.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) await registry.Database.MigrateAsync(cancellationToken);
    }, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
