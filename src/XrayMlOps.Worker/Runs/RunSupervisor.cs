using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Worker.Devices;

namespace XrayMlOps.Worker.Runs;

/// <summary>Carries a run from its claim to the state that its attempt leaves it in.</summary>
internal sealed partial class RunSupervisor(
    IDbContextFactory<RegistryDbContext> registries, RunQueue queue, ComputeSlots slots, RunAttempt attempt, RunEnd ending, WorkerTelemetry telemetry,
    TimeProvider clock, IOptions<WorkerOptions> options, ILogger<RunSupervisor> logger) : ITrainingJob
{
    private static readonly TimeSpan s_busyPause = TimeSpan.FromSeconds(5);

    public async Task RunAsync(int runId, CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        var waiting = await registry.Runs.Where(run => run.Id == runId && run.State == RunState.Queued)
            .Select(run => new WaitingRun(run.Id, run.Need, run.JobId, run.EnqueuedAt)).SingleOrDefaultAsync(cancellationToken);
        if (waiting is null) return;
        using var slot = slots.TryTake(waiting.Need);
        if (slot is null)
        {
            await queue.OfferAsync(registry, waiting, s_busyPause, cancellationToken); // its device is with another worker of this machine
            return;
        }
        var worker = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
        if (!await registry.TryClaimRunAsync(runId, worker, clock.GetUtcNow(), options.Value.Lease, cancellationToken)) return;
        await CarryAsync(runId, worker, slot, cancellationToken);
    }

    private async Task CarryAsync(int runId, string worker, ComputeSlot slot, CancellationToken shutdown)
    {
        Run run;
        await using (var registry = await registries.CreateDbContextAsync(CancellationToken.None))
            run = await registry.Runs.AsNoTracking().Include(row => row.DatasetVersion).SingleAsync(row => row.Id == runId, CancellationToken.None);
        using var activity = telemetry.Activities.StartActivity("run");
        activity?.SetTag("run.id", runId).SetTag("run.attempt", run.Attempt);
        LogClaimed(runId, run.Attempt);

        await using var lease = new RunLease(run, worker, options.Value.Lease, registries, clock, logger, shutdown);
        var end = await EndOfAttemptAsync(lease, run, slot);
        var state = lease.Cause == StopCause.LeaseLost ? null : await ending.RecordAsync(lease, run, attempt.FolderOf(runId), end);
        if (state is null)
        {
            LogLost(runId);
            return;
        }
        activity?.SetTag("run.state", state.ToString());
        telemetry.CountEnd(state.Value);
        LogEnded(runId, run.Attempt, state.Value, end.Problem ?? "the trainer completed");
    }

    private async Task<AttemptEnd> EndOfAttemptAsync(RunLease lease, Run run, ComputeSlot slot)
    {
        try
        {
            return await attempt.RunAsync(lease, run, slot);
        }
        catch (OperationCanceledException) when (lease.Cause != StopCause.None)
        {
            return new AttemptEnd(Fault: false, "stopped before its trainer was started");
        }
        catch (Exception problem)
        {
            LogFault(problem, run.Id);
            return new AttemptEnd(Fault: true, $"the worker could not train it: {problem.Message}");
        }
    }

    [LoggerMessage(30, LogLevel.Information, "Run {RunId} begins, attempt {Attempt}")]
    private partial void LogClaimed(int runId, int attempt);

    [LoggerMessage(31, LogLevel.Information, "Run {RunId}, attempt {Attempt}, is {State} now: {Why}")]
    private partial void LogEnded(int runId, int attempt, RunState state, string why);

    [LoggerMessage(32, LogLevel.Warning, "Run {RunId} is no longer this worker's: its lease ran out or was taken")]
    private partial void LogLost(int runId);

    [LoggerMessage(33, LogLevel.Error, "Run {RunId} met a fault in its worker")]
    private partial void LogFault(Exception problem, int runId);
}
