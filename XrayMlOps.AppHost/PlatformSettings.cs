using Microsoft.Extensions.Configuration;

namespace XrayMlOps.AppHost;

/// <summary>What graphics processor workers have in Azure Container Apps.</summary>
internal enum GpuKind
{
    T4,
    A100,
}

/// <summary>Section <c>Platform</c>: what is chosen at the start of the app host, as in <c>Platform__Containers=false aspire run</c>.</summary>
internal sealed record PlatformSettings
{
    /// <summary>Whether PostgreSQL and Azurite run in containers locally; without an engine for them Azurite comes from npm, and PostgreSQL is given.</summary>
    public bool Containers { get; init; } = true;

    /// <summary>Workers that run locally, and at most in Azure, where there is none while no run waits.</summary>
    public int Workers { get; init; } = 1;

    public GpuKind Gpu { get; init; }

    /// <summary>Inference hosts in Azure at most; there is always one.</summary>
    public int InferenceHosts { get; init; } = 10;

    public static PlatformSettings Of(IConfiguration configuration) => configuration.GetSection("Platform").Get<PlatformSettings>() ?? new();
}
