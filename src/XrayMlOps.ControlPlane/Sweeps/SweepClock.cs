using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Sweeps;

/// <summary>Advances every running sweep again and again, for as long as the process lives.</summary>
internal sealed partial class SweepClock(IServiceScopeFactory scopes, TimeProvider time, ILogger<SweepClock> logger) : BackgroundService
{
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(s_betweenLooks, time);
        do
        {
            try
            {
                foreach (var sweepId in await RunningAsync(stoppingToken)) await AdvanceAsync(sweepId, stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogNotLooked(problem); // the database is away, and may come back
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<IReadOnlyList<int>> RunningAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var registry = scope.ServiceProvider.GetRequiredService<RegistryDbContext>();
        return await registry.Sweeps.Where(sweep => sweep.State == SweepState.Running).OrderBy(sweep => sweep.Id).Select(sweep => sweep.Id).ToListAsync(cancellationToken);
    }

    private async Task AdvanceAsync(int sweepId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweepAdvance>().TryAdvanceAsync(sweepId, cancellationToken);
    }

    [LoggerMessage(28, LogLevel.Warning, "The running sweeps could not be looked for; it is tried again in a moment")]
    private partial void LogNotLooked(Exception problem);
}
