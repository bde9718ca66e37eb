using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Access;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Access;

/// <summary>
/// Has this host know the registry's keys: at its start, at once where they change here, and within two seconds where another control plane changes them. While the
/// registry is away those that were known count on.
/// </summary>
internal sealed partial class RegistryKeys(IDbContextFactory<RegistryDbContext> registries, ApiKeyRing ring, TimeProvider clock, ILogger<RegistryKeys> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private bool _away;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public async Task RefreshAsync(CancellationToken cancellationToken) => ring.Replace("registry", await ReadAsync(cancellationToken));

    /// <summary>Every key of the registry, revoked ones included: whoever sends one is told what became of it.</summary>
    public async Task<IReadOnlyList<ApiKeyVerifier>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        return [.. (await registry.ApiKeys.AsNoTracking().ToListAsync(cancellationToken)).SelectMany(key => key.Verifiers())];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RefreshAsync(stoppingToken);
                _away = false;
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                if (!_away) LogAway(problem);
                _away = true;
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The registry's keys cannot be read; those that are known count on")]
    private partial void LogAway(Exception problem);
}
