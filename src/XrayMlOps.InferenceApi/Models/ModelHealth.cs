using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace XrayMlOps.InferenceApi.Models;

/// <summary>Says which model is served. Healthy without one too: a fresh installation has none until the first promotion.</summary>
internal sealed class ModelHealth(ServedModels models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var serving = models.Champion.Slot.Model is { } model ? $"serving {model.Name}:{model.Version}" : "no champion yet";
        return Task.FromResult(HealthCheckResult.Healthy(
            models.Champion.Problem is { } problem ? $"{serving}; the present champion cannot be served: {problem}" : serving));
    }
}
