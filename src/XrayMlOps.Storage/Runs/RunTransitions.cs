using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Storage.Runs;

/// <summary>
/// The moves of a run's state machine. Each is one conditional update, so of several hosts that try the same move one succeeds;
/// the others are told that they did not. Moves out of Running need the name under which the run was claimed.
/// </summary>
public static class RunTransitions
{
    /// <summary>Takes a queued run for <paramref name="worker"/>, a name that no other claim uses. False if it is not queued any more.</summary>
    public static async Task<bool> TryClaimRunAsync(
        this RegistryDbContext registry, int runId, string worker, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken) =>
        await registry.Runs.Moving(runId, RunState.Queued, RunState.Running).ExecuteUpdateAsync(
            set => set
                .SetProperty(run => run.State, RunState.Running)
                .SetProperty(run => run.Worker, worker)
                .SetProperty(run => run.LeaseExpiresAt, now + lease)
                .SetProperty(run => run.StartedAt, run => run.StartedAt ?? now)
                .SetProperty(run => run.Attempt, run => run.Attempt + 1)
                .SetProperty(run => run.Reason, (string?)null),
            cancellationToken) == 1;

    /// <summary>Renews the lease, notes where the running epoch stands, and tells what the registry thinks of the run.</summary>
    public static async Task<Heartbeat> BeatAsync(
        this RegistryDbContext registry, int runId, string worker, DateTimeOffset leaseExpiresAt, TrainerStep? step, CancellationToken cancellationToken)
    {
        var held = registry.Runs.Where(run => run.Id == runId && run.State == RunState.Running && run.Worker == worker);
        var renewed = await held.ExecuteUpdateAsync(
            set => set.SetProperty(run => run.LeaseExpiresAt, leaseExpiresAt).SetProperty(run => run.Step, step), cancellationToken);
        if (renewed == 0) return Heartbeat.Lost;
        return await held.AnyAsync(run => run.CancelRequested, cancellationToken) ? Heartbeat.CancelRequested : Heartbeat.Held;
    }

    /// <summary>Ends a run that <paramref name="worker"/> holds. False if it does not hold it any more.</summary>
    public static async Task<bool> EndRunAsync(
        this RegistryDbContext registry, int runId, string worker, RunState end, string? reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        await registry.Runs.Moving(runId, RunState.Running, end).Where(run => run.Worker == worker).ExecuteUpdateAsync(
            set => set
                .SetProperty(run => run.State, end)
                .SetProperty(run => run.Reason, reason)
                .SetProperty(run => run.EndedAt, now)
                .SetProperty(run => run.LeaseExpiresAt, (DateTimeOffset?)null)
                .SetProperty(run => run.Step, (TrainerStep?)null),
            cancellationToken) == 1;

    /// <summary>Puts a run that <paramref name="worker"/> holds back on the queue. False if it does not hold it any more.</summary>
    /// <param name="fault">Whether it counts as one of the run's <see cref="Run.Faults"/>.</param>
    public static async Task<bool> RequeueRunAsync(
        this RegistryDbContext registry, int runId, string worker, string reason, bool fault, CancellationToken cancellationToken) =>
        await registry.Runs.Moving(runId, RunState.Running, RunState.Queued).Where(run => run.Worker == worker).ExecuteUpdateAsync(
            set => set
                .SetProperty(run => run.State, RunState.Queued)
                .SetProperty(run => run.Reason, reason)
                .SetProperty(run => run.Faults, run => run.Faults + (fault ? 1 : 0))
                .SetProperty(run => run.JobId, (string?)null)
                .SetProperty(run => run.EnqueuedAt, (DateTimeOffset?)null)
                .SetProperty(run => run.LeaseExpiresAt, (DateTimeOffset?)null)
                .SetProperty(run => run.Step, (TrainerStep?)null),
            cancellationToken) == 1;

    /// <summary>
    /// Takes runs whose lease ran out from workers that must be gone: back to the queue, or Failed if that is fault number
    /// <paramref name="maxFaults"/>. Answers how many.
    /// </summary>
    public static async Task<int> ReleaseExpiredRunsAsync(this RegistryDbContext registry, int maxFaults, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string lost = "its worker was lost: no heartbeat came before its lease ran out";
        var failed = await registry.Runs.Moving(null, RunState.Running, RunState.Failed)
            .Where(run => run.LeaseExpiresAt < now && run.Faults + 1 >= maxFaults)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(run => run.State, RunState.Failed)
                    .SetProperty(run => run.Reason, $"{lost}; no more than {maxFaults} faults are allowed")
                    .SetProperty(run => run.Faults, run => run.Faults + 1)
                    .SetProperty(run => run.EndedAt, now)
                    .SetProperty(run => run.LeaseExpiresAt, (DateTimeOffset?)null)
                    .SetProperty(run => run.Step, (TrainerStep?)null),
                cancellationToken);
        return failed + await registry.Runs.Moving(null, RunState.Running, RunState.Queued)
            .Where(run => run.LeaseExpiresAt < now)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(run => run.State, RunState.Queued)
                    .SetProperty(run => run.Reason, lost)
                    .SetProperty(run => run.Faults, run => run.Faults + 1)
                    .SetProperty(run => run.JobId, (string?)null)
                    .SetProperty(run => run.EnqueuedAt, (DateTimeOffset?)null)
                    .SetProperty(run => run.LeaseExpiresAt, (DateTimeOffset?)null)
                    .SetProperty(run => run.Step, (TrainerStep?)null),
                cancellationToken);
    }

    /// <summary>Cancels a queued run at once, and asks the worker of a running one to. False if the run has ended (or never was).</summary>
    public static async Task<bool> CancelRunAsync(this RegistryDbContext registry, int runId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A run that is claimed between the two updates is caught by the second; one that goes back to the queue, by the second's flag.
        var cancelled = await registry.Runs.Moving(runId, RunState.Queued, RunState.Cancelled).ExecuteUpdateAsync(
            set => set.SetProperty(run => run.State, RunState.Cancelled).SetProperty(run => run.Reason, "cancelled by request").SetProperty(run => run.EndedAt, now),
            cancellationToken);
        return cancelled == 1
            || await registry.Runs.Where(run => run.Id == runId && (run.State == RunState.Running || run.State == RunState.Queued))
                .ExecuteUpdateAsync(set => set.SetProperty(run => run.CancelRequested, true), cancellationToken) == 1;
    }

    private static IQueryable<Run> Moving(this IQueryable<Run> runs, int? runId, RunState from, RunState to)
    {
        if (!from.CanBecome(to)) throw new InvalidOperationException($"A run that is {from} cannot become {to}.");
        return runs.Where(run => run.State == from && (runId == null || run.Id == runId));
    }
}

/// <summary>What the registry answers to a worker's heartbeat.</summary>
public enum Heartbeat
{
    /// <summary>The run is still the worker's.</summary>
    Held,

    /// <summary>The run is still the worker's, which should stop it.</summary>
    CancelRequested,

    /// <summary>The run is another's, or ended: whatever the worker still does with it must not be recorded.</summary>
    Lost,
}
