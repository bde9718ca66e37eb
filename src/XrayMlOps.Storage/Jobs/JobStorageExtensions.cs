using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using XrayMlOps.Storage.Postgres;

namespace XrayMlOps.Storage.Jobs;

/// <summary>The job queue that hosts share. Jobs carry ids only, and may be lost or delivered twice: the registry is the truth.</summary>
public static class JobStorageExtensions
{
    /// <summary>What the control plane does by the clock.</summary>
    public const string ScheduleQueue = "schedules";

    /// <summary>How often a server looks for jobs whose time has come.</summary>
    public static readonly TimeSpan ClockPolling = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Adds Hangfire beside the registry. Where that is in PostgreSQL, so are the jobs: every host on the same registry sees them, and they outlive the hosts.
    /// Elsewhere they are in memory: seen by the hosts of this process and forgotten when it ends.
    /// Several hosts in one process each call it, after <see cref="RegistryStorage.AddRegistryStorage"/>; the first call counts.
    /// </summary>
    public static TBuilder AddJobStorage<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(JobStorage))) return builder;
        builder.Services.AddSingleton(services => Open(services.GetRequiredService<IDbContextFactory<RegistryDbContext>>()));
        builder.Services.AddHostedService<JobSchema>();
        builder.Services.AddHangfire((services, hangfire) => hangfire
            .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            // Retries are decided where the registry can tell what went wrong, not by Hangfire.
            .UseFilter(new AutomaticRetryAttribute { Attempts = 0 })
            .UseLogProvider(new HostLogProvider(services.GetRequiredService<ILoggerFactory>()))
            .UseStorage(services.GetRequiredService<JobStorage>()));
        return builder;
    }

    private static JobStorage Open(IDbContextFactory<RegistryDbContext> registries)
    {
        if (registries is not RegistryDatabase { Postgres: { } postgres }) return new InMemoryStorage();
        PostgreSqlStorageOptions options = new()
        {
            SchemaName = JobSchema.Name,
            PrepareSchemaIfNecessary = false, // see JobSchema
            QueuePollInterval = TimeSpan.FromSeconds(1),
            // A job whose server is gone is delivered again after this time; a living server keeps its jobs for as long as they take.
            InvisibilityTimeout = TimeSpan.FromMinutes(1),
            UseSlidingInvisibilityTimeout = true,
            // A lock of a server that is gone counts for so long, ten minutes by default, in which no delayed or recurring job would come. They are held for moments.
            DistributedLockTimeout = TimeSpan.FromSeconds(30),
        };
        return new PostgreSqlStorage(new PooledConnections(postgres), options);
    }

    private sealed class PooledConnections(PostgresDatabase postgres) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => postgres.CreateConnection();
    }
}
