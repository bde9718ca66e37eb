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
    private const int MostAtOnce = 200;

    /// <summary>How long a job may be on its way before the queue is asked for it.</summary>
    private static readonly TimeSpan s_jobPatience = TimeSpan.FromMinutes(1);

    private DateTimeOffset _judgeFrom = DateTimeOffset.MinValue;
    private bool _forgotten = queue.IsForgetful;

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
                // While the registry was away nobody could renew a lease: those who live get the time of one to do so.
                _judgeFrom = clock.GetUtcNow() + options.Value.Lease;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        if (now >= _judgeFrom)
        {
            var released = await registry.ReleaseExpiredRunsAsync(options.Value.MaxAttempts, now, cancellationToken);
            if (released > 0) LogReleased(released);
        }
        var overdue = now - s_jobPatience;
        var waiting = registry.Runs.Where(run => run.State == RunState.Queued);
        if (!_forgotten) waiting = waiting.Where(run => run.EnqueuedAt == null || run.EnqueuedAt < overdue).OrderBy(run => run.EnqueuedAt).ThenBy(run => run.Id).Take(MostAtOnce);
        foreach (var run in await waiting.OrderBy(run => run.Id).Select(run => new WaitingRun(run.Id, run.Need, run.JobId, run.EnqueuedAt)).ToListAsync(cancellationToken))
        {
            if (!_forgotten && queue.Holds(run)) await queue.FoundAsync(registry, run, cancellationToken);
            else await queue.OfferAsync(registry, run, TimeSpan.Zero, cancellationToken);
        }
        _forgotten = false;
    }

    [LoggerMessage(40, LogLevel.Warning, "{Count} runs were taken back from workers that are gone")]
    private partial void LogReleased(int count);

    [LoggerMessage(41, LogLevel.Error, "The job queue could not be brought in line with the registry; it is tried again")]
    private partial void LogFailure(Exception problem);
}
