using Microsoft.Extensions.Diagnostics.HealthChecks;
using XrayMlOps.Inference;

namespace XrayMlOps.InferenceApi.Champion;

/// <summary>Says which model is served. Healthy without one too: a fresh installation has none until the first promotion.</summary>
internal sealed class ChampionHealth(ModelSlot slot, ChampionWatcher watcher) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var serving = slot.Model is { } model ? $"serving {model.Name}:{model.Version}" : "no champion yet";
        return Task.FromResult(HealthCheckResult.Healthy(watcher.Problem is { } problem ? $"{serving}; the present champion cannot be served: {problem}" : serving));
    }
}
