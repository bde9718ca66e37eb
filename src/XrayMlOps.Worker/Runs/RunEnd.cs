using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>Tells the registry what an attempt came to.</summary>
internal sealed partial class RunEnd(
    IDbContextFactory<RegistryDbContext> registries, RunOutputs outputs, RunQueue queue, TimeProvider clock, IOptions<WorkerOptions> options, ILogger<RunEnd> logger)
{
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    /// <summary>Answers the state that the run is in now, or null if it is another's. Rides out storage that is away, within the lease.</summary>
    /// <param name="folder">Goes with the run's end, and stays for its next attempt.</param>
    public async Task<RunState?> RecordAsync(RunLease lease, Run run, string folder, AttemptEnd end)
    {
        var state = end.Problem is null ? await PublishAsync(lease, run, folder, end) : await RideOutAsync(() => SettleAsync(lease, run, end));
        if (state?.IsEnd() == true && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return state;
    }

    private async Task<RunState?> PublishAsync(RunLease lease, Run run, string folder, AttemptEnd end)
    {
        try
        {
            return await RideOutAsync(() => outputs.PublishAsync(lease, run, folder, end.WeightsDigest)) ? RunState.Succeeded : null;
        }
        catch (Exception problem)
        {
            LogNotKept(problem, run.Id);
            return await RideOutAsync(() => SettleAsync(lease, run, new AttemptEnd(Fault: true, $"its outputs could not be kept: {problem.Message}")));
        }
    }

    private async Task<RunState?> SettleAsync(RunLease lease, Run run, AttemptEnd end)
    {
        await outputs.KeepLogAsync(run.Id);
        await using var registry = await registries.CreateDbContextAsync();
        var faults = await registry.Runs.Where(row => row.Id == run.Id).Select(row => row.Faults).SingleAsync(); // finished epochs forgive them
        var (state, reason, isFault) = Decide(lease.Cause, end, faults, run.Limits);
        if (state != RunState.Queued) return await registry.EndRunAsync(run.Id, lease.Worker, state, reason, clock.GetUtcNow(), CancellationToken.None) ? state : null;
        if (!await registry.RequeueRunAsync(run.Id, lease.Worker, reason, isFault, CancellationToken.None)) return null;
        await queue.OfferAsync(registry, new WaitingRun(run.Id, run.Need, JobId: null, EnqueuedAt: null), isFault ? PauseAfter(faults + 1) : TimeSpan.Zero, CancellationToken.None);
        return state;
    }

    private Task<T> RideOutAsync<T>(Func<Task<T>> work) => StorageOutage.RideOutAsync(work, options.Value.Lease, clock, CancellationToken.None);

    /// <summary>The first fault in a row costs no time, the next ones more and more: what is broken may be mended meanwhile.</summary>
    private static TimeSpan PauseAfter(int faults) =>
        faults <= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(2 * Math.Pow(2, faults - 2), s_longestPause.TotalSeconds));

    /// <summary>What becomes of a run whose attempt did not complete. A run that is wrong, or lost too often in a row, fails.</summary>
    private (RunState State, string Reason, bool Fault) Decide(StopCause cause, AttemptEnd end, int faults, RunLimits limits)
    {
        var most = options.Value.MaxAttempts;
        var problem = cause == StopCause.Stalled ? $"its trainer said nothing for {limits.StallMinutes} minutes" : end.Problem!;
        return cause switch
        {
            StopCause.CancelRequested => (RunState.Cancelled, "cancelled by request", false),
            StopCause.WorkerShutdown => (RunState.Queued, "its worker was shut down; it goes on from its last checkpoint", false),
            StopCause.TimedOut => (RunState.Failed, $"it took longer than its limit of {limits.TotalMinutes} minutes; its checkpoint is kept", false),
            StopCause.None when !end.Fault => (RunState.Failed, problem, false),
            _ when faults + 1 < most => (RunState.Queued, $"{problem}; it goes on from its last checkpoint", true),
            _ => (RunState.Failed, $"fault {faults + 1} of {most}: {problem}", true),
        };
    }

    [LoggerMessage(34, LogLevel.Error, "The outputs of run {RunId} could not be kept")]
    private partial void LogNotKept(Exception problem, int runId);
}
