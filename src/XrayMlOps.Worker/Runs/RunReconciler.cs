using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>
/// Makes the job queue agree with the registry, at start and every few seconds: runs whose worker is gone go back to the queue, and every
/// queued run gets a job. What the job storage forgot or never heard of is found again this way.
/// </summary>
internal sealed partial class RunReconciler(
    IDbContextFactory<RegistryDbContext> registries, RunQueue queue, TimeProvider clock, IOptions<WorkerOptions> options, ILogger<RunReconciler> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.ReconcileSeconds), clock);
        do
        {
            try
            {
                await ReconcileAsync(stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                LogFailure(problem);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        var released = await registry.ReleaseExpiredRunsAsync(options.Value.MaxAttempts, clock.GetUtcNow(), cancellationToken);
        if (released > 0) LogReleased(released);
        var queued = await registry.Runs.Where(run => run.State == RunState.Queued).OrderBy(run => run.Id).Select(run => run.Id).ToListAsync(cancellationToken);
        foreach (var runId in queued) queue.Enqueue(runId);
    }

    [LoggerMessage(40, LogLevel.Warning, "{Count} runs were taken back from workers that are gone")]
    private partial void LogReleased(int count);

    [LoggerMessage(41, LogLevel.Error, "The job queue could not be brought in line with the registry; it is tried again")]
    private partial void LogFailure(Exception problem);
}
