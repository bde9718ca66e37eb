using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace XrayMlOps.Storage.Jobs;

/// <summary>Brings Hangfire's own tables in PostgreSQL up to date before any other hosted service starts.</summary>
internal sealed class JobSchema(IDbContextFactory<RegistryDbContext> registries) : IHostedLifecycleService
{
    public const string Name = "hangfire";

    public Task StartingAsync(CancellationToken cancellationToken) => UpdateAsync((RegistryDatabase)registries, cancellationToken);

    public static Task UpdateAsync(RegistryDatabase database, CancellationToken cancellationToken) => SchemaLock.RunAloneAsync(database, connection =>
    {
        if (connection is not null) PostgreSqlObjectsInstaller.Install(connection, Name);
        return Task.CompletedTask;
    }, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
