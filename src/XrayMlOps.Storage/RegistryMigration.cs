using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace XrayMlOps.Storage;

/// <summary>Brings the registry's schema up to date before any other hosted service starts; a host does not start on a registry that is newer than it is.</summary>
internal sealed class RegistryMigration(IDbContextFactory<RegistryDbContext> registries) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => RegistrySchema.UpdateAsync((RegistryDatabase)registries, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
