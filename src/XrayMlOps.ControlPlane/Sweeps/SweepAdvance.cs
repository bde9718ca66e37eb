using Microsoft.EntityFrameworkCore;
using XrayMlOps.ControlPlane.Runs;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Sweeps;

namespace XrayMlOps.ControlPlane.Sweeps;

/// <summary>Asks for the runs that a sweep's planner wants. Any number of control planes may do so at once: each trial is asked for once.</summary>
internal sealed partial class SweepAdvance(RegistryDbContext registry, RunLaunch launch, TimeProvider clock, ILogger<SweepAdvance> logger)
{
    // They are written while nobody else can write.
    private const int MostRunsAtOnce = 20;

    /// <summary>Of a completed sweep, so many trials of the leaderboard can be trained on.</summary>
    internal const int CheckpointsKept = 3;

    /// <summary>Does what the sweep needs now, if it is running. A failure is logged: it is tried again by the clock (see <see cref="SweepClock"/>).</summary>
    public async Task TryAdvanceAsync(int sweepId, CancellationToken cancellationToken)
    {
        try
        {
            while (await AdvanceAsync(sweepId, cancellationToken)) { }
        }
        catch (Exception problem) when (problem is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogNotAdvanced(problem, sweepId);
        }
    }

    /// <summary>Whether there is more to do at once.</summary>
    private async Task<bool> AdvanceAsync(int sweepId, CancellationToken cancellationToken)
    {
        if (await PlanAsync(sweepId, cancellationToken) is not (_, { } outlook) || outlook is { Actions: [], IsComplete: false }) return false; // no need to wait for the lock
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await PlanAsync(sweepId, cancellationToken) is not ({ } sweep, { } plan)) return false;
        var stopped = plan.IsComplete
            ? await CompleteAsync(sweep, cancellationToken)
            : await AskAsync(sweep, [.. plan.Actions.Take(MostRunsAtOnce)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await launch.TellWorkersAsync(cancellationToken);
        return !stopped && plan.Actions.Count > MostRunsAtOnce;
    }

    private async Task<(Sweep? Sweep, SweepPlan? Plan)> PlanAsync(int sweepId, CancellationToken cancellationToken)
    {
        var sweep = await registry.Sweeps.AsNoTracking().Include(sweep => sweep.DatasetVersion)
            .SingleOrDefaultAsync(sweep => sweep.Id == sweepId && sweep.State == SweepState.Running, cancellationToken);
        return sweep is null ? (null, null) : (sweep, SweepPlanner.Next(sweep.Spec, await registry.TrialRunsOfAsync(sweep, cancellationToken)));
    }

    /// <summary>Whether the sweep had to be stopped instead.</summary>
    private async Task<bool> AskAsync(Sweep sweep, IReadOnlyList<SweepAction> actions, CancellationToken cancellationToken)
    {
        var trials = actions is [] ? [] : SweepTrials.Of(sweep.Spec);
        foreach (var action in actions)
        {
            var launched = await AskAsync(sweep, trials[action.Trial - 1], action, cancellationToken);
            if (launched.RunId is not null) continue;
            LogStopped(sweep.Id, sweep.Name, action.Trial, string.Join("; ", launched.Problems));
            await EndAsync(sweep, SweepState.Stopped, cancellationToken);
            return true;
        }
        return false;
    }

    private async Task<Launched> AskAsync(Sweep sweep, SweepTrial trial, SweepAction action, CancellationToken cancellationToken)
    {
        var epochs = SweepRungs.EpochsOf(sweep.Spec, trial, action.Rung);
        if (action.From is { } from)
        {
            var run = await registry.Runs.AsNoTracking().AsSplitQuery().Include(run => run.Epochs).Include(run => run.Artifacts).Include(run => run.Tags)
                .SingleAsync(run => run.Id == from, cancellationToken);
            var continued = await launch.ContinueAsync(run, epochs, cancellationToken, action.Rung);
            if (continued.RunId is not null) return continued; // else without a checkpoint: what it would have come to is trained anew
        }
        return await launch.LaunchAsync(
            new TrainRequest(
                sweep.DatasetVersion.Reference, trial.Architecture, trial.Recipe with { Epochs = epochs }, GitCommit: sweep.GitCommit, Experiment: sweep.Experiment, Need: sweep.Need),
            cancellationToken, new RunOrigin(Sweep: sweep.Id, Trial: trial.Number, Rung: action.Rung));
    }

    /// <summary>Ends the sweep, and gives up the checkpoints of all but its best trials; the next collection frees them.</summary>
    private async Task<bool> CompleteAsync(Sweep sweep, CancellationToken cancellationToken)
    {
        var leaderboard = await registry.LeaderboardOfAsync(sweep, cancellationToken);
        int?[] best = [.. leaderboard.Where(row => row.Rank <= CheckpointsKept).Select(row => row.Run)];
        await registry.RunArtifacts
            .Where(artifact => artifact.Name == TrainingOutputs.Checkpoint && !best.Contains(artifact.RunId)
                && registry.Runs.Any(run => run.Id == artifact.RunId && run.SweepId == sweep.Id))
            .ExecuteDeleteAsync(cancellationToken);
        await EndAsync(sweep, SweepState.Completed, cancellationToken);
        LogCompleted(sweep.Id, sweep.Name, leaderboard.Count, leaderboard.Count(row => row.State == RunState.Succeeded));
        return false;
    }

    private Task EndAsync(Sweep sweep, SweepState end, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return registry.Sweeps.Where(row => row.Id == sweep.Id).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.State, end).SetProperty(row => row.EndedAt, now), cancellationToken);
    }

    [LoggerMessage(25, LogLevel.Information, "Sweep {SweepId} ({Sweep}) is completed: {Trials} trials, {Succeeded} of which succeeded")]
    private partial void LogCompleted(int sweepId, string sweep, int trials, int succeeded);

    [LoggerMessage(26, LogLevel.Error, "Sweep {SweepId} ({Sweep}) is stopped: its trial {Trial} cannot be asked for: {Problems}")]
    private partial void LogStopped(int sweepId, string sweep, int trial, string problems);

    [LoggerMessage(27, LogLevel.Warning, "Sweep {SweepId} could not be advanced; it is tried again in a moment")]
    private partial void LogNotAdvanced(Exception problem, int sweepId);
}
