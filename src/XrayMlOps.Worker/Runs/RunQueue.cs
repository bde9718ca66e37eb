using Hangfire;
using Hangfire.InMemory;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Jobs;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>A run that waits, and what is known of the job that is to carry it out.</summary>
internal sealed record WaitingRun(int Id, ComputeNeed Need, string? JobId, DateTimeOffset? EnqueuedAt);

/// <summary>Puts runs on the job queue that all workers share.</summary>
internal sealed class RunQueue(IBackgroundJobClient jobs, JobStorage storage, TimeProvider clock)
{
    /// <summary>Whether the queue is forgotten when this process ends.</summary>
    public bool IsForgetful => storage is InMemoryStorage;

    /// <summary>Whether a job for the run is on the queue, or will be put there when its time comes.</summary>
    public bool Holds(WaitingRun run)
    {
        if (run.JobId is null) return false;
        using var connection = storage.GetConnection();
        var state = connection.GetStateData(run.JobId)?.Name;
        return state == EnqueuedState.StateName || state == ScheduledState.StateName;
    }

    /// <summary>Makes a job for a run, unless another host made one since <paramref name="run"/> was read or the run is no longer queued.</summary>
    public async Task OfferAsync(RegistryDbContext registry, WaitingRun run, TimeSpan delay, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await StillAsRead(registry, run).ExecuteUpdateAsync(set => set.SetProperty(row => row.EnqueuedAt, now), cancellationToken) == 1)
            await jobs.EnqueueTrainingAsync(registry, run.Id, run.Need, now, cancellationToken, delay);
    }

    /// <summary>Notes that a run's job was found on the queue just now.</summary>
    public Task FoundAsync(RegistryDbContext registry, WaitingRun run, CancellationToken cancellationToken) =>
        StillAsRead(registry, run).ExecuteUpdateAsync(set => set.SetProperty(row => row.EnqueuedAt, clock.GetUtcNow()), cancellationToken);

    private static IQueryable<Run> StillAsRead(RegistryDbContext registry, WaitingRun run) =>
        registry.Runs.Where(row => row.Id == run.Id && row.State == RunState.Queued && row.EnqueuedAt == run.EnqueuedAt);
}
