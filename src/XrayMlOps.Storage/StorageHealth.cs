using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage;

/// <summary>Whether the registry's database and the blob store answer: two checks of <c>GET /health</c>.</summary>
internal static class StorageHealth
{
    // Shorter than the stores' own patience, which serves work rather than probes.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static void AddStorageHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<RegistryCheck>("registry", failureStatus: null, tags: [], s_patience)
        .AddCheck<BlobsCheck>("blobs", failureStatus: null, tags: [], s_patience);

    private sealed class RegistryCheck(IDbContextFactory<RegistryDbContext> registries) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var registry = await registries.CreateDbContextAsync(cancellationToken);
            return await registry.Database.CanConnectAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("the database does not answer");
        }
    }

    private sealed class BlobsCheck(IBlobStore blobs) : IHealthCheck
    {
        private static readonly string s_any = Digest.Of([]);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await blobs.ExistsAsync(s_any, cancellationToken); // throws if nobody answers
            return HealthCheckResult.Healthy();
        }
    }
}
