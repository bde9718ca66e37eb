using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>Carries a run from its claim to the state that its attempt leaves it in.</summary>
internal sealed partial class RunSupervisor(
    IDbContextFactory<RegistryDbContext> registries, RunQueue queue, RunAttempt attempt, RunOutputs outputs, WorkerTelemetry telemetry, TimeProvider clock,
    IOptions<WorkerOptions> options, ILogger<RunSupervisor> logger) : ITrainingJob
{
    public async Task RunAsync(int runId, CancellationToken cancellationToken)
    {
        queue.Begun(runId);
        var worker = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
        Run run;
        await using (var registry = await registries.CreateDbContextAsync(cancellationToken))
        {
            if (!await registry.TryClaimRunAsync(runId, worker, clock.GetUtcNow(), options.Value.Lease, cancellationToken)) return;
            run = await registry.Runs.AsNoTracking().Include(row => row.DatasetVersion).SingleAsync(row => row.Id == runId, cancellationToken);
        }
        using var activity = telemetry.Activities.StartActivity("run");
        activity?.SetTag("run.id", runId).SetTag("run.attempt", run.Attempt);
        LogClaimed(runId, run.Attempt);

        await using var lease = new RunLease(runId, worker, options.Value.Lease, registries, clock, logger, cancellationToken);
        var end = await EndOfAttemptAsync(lease, run);
        if (lease.Cause == StopCause.LeaseLost)
        {
            LogLost(runId);
            return;
        }
        if (await RecordAsync(lease, run, end) is not { } state)
        {
            LogLost(runId);
            return;
        }
        activity?.SetTag("run.state", state.ToString());
        telemetry.CountEnd(state);
        LogEnded(runId, run.Attempt, state, end.Problem ?? "the trainer completed");
        if (state == RunState.Queued && lease.Cause == StopCause.None) queue.Enqueue(runId);
    }

    private async Task<AttemptEnd> EndOfAttemptAsync(RunLease lease, Run run)
    {
        try
        {
            return await attempt.RunAsync(lease, run);
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

    /// <summary>Tells the registry; answers the state that the run is in now, or null if it is another's.</summary>
    private async Task<RunState?> RecordAsync(RunLease lease, Run run, AttemptEnd end)
    {
        var folder = attempt.FolderOf(run.Id);
        if (end.Problem is null)
        {
            try
            {
                if (!await outputs.PublishAsync(lease, run, folder)) return null;
                Directory.Delete(folder, recursive: true);
                return RunState.Succeeded;
            }
            catch (Exception problem)
            {
                LogFault(problem, run.Id);
                end = new AttemptEnd(Fault: true, $"its outputs could not be kept: {problem.Message}");
            }
        }
        await outputs.KeepLogAsync(run.Id, folder);
        var (state, reason) = Decide(lease.Cause, end, run.Faults);
        await using var registry = await registries.CreateDbContextAsync();
        var held = state == RunState.Queued
            ? await registry.RequeueRunAsync(run.Id, lease.Worker, reason, fault: lease.Cause == StopCause.None, CancellationToken.None)
            : await registry.EndRunAsync(run.Id, lease.Worker, state, reason, clock.GetUtcNow(), CancellationToken.None);
        if (held && state == RunState.Cancelled && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return held ? state : null;
    }

    /// <summary>What becomes of a run whose attempt did not complete. A run that is wrong, or lost too often, fails; its folder stays for a look.</summary>
    private (RunState State, string Reason) Decide(StopCause cause, AttemptEnd end, int faults)
    {
        var most = options.Value.MaxAttempts;
        return cause switch
        {
            StopCause.CancelRequested => (RunState.Cancelled, "cancelled by request"),
            StopCause.WorkerShutdown => (RunState.Queued, "its worker was shut down; it goes on from its last checkpoint"),
            _ when !end.Fault => (RunState.Failed, end.Problem!),
            _ when faults + 1 < most => (RunState.Queued, $"{end.Problem}; it goes on from its last checkpoint"),
            _ => (RunState.Failed, $"fault {faults + 1} of {most}: {end.Problem}"),
        };
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
