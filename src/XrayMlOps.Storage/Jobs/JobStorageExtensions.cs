using Hangfire;
using Hangfire.InMemory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace XrayMlOps.Storage.Jobs;

/// <summary>The job queue that hosts share. Jobs carry ids only, and may be lost or delivered twice: the registry is the truth.</summary>
public static class JobStorageExtensions
{
    /// <summary>What the control plane does by the clock.</summary>
    public const string ScheduleQueue = "schedules";

    /// <summary>
    /// Adds Hangfire on storage in memory: jobs are seen by the hosts of this process and forgotten when it ends.
    /// Several hosts in one process each call it; the first call counts.
    /// </summary>
    public static TBuilder AddJobStorage<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(JobStorage))) return builder;
        builder.Services.AddSingleton<JobStorage>(_ => new InMemoryStorage());
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
}
