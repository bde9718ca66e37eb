using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Storage.Sweeps;

public static class SweepQueries
{
    /// <summary>A sweep as the API tells it, or null.</summary>
    public static async Task<SweepResponse?> FindSweepResponseAsync(this RegistryDbContext registry, int sweepId, CancellationToken cancellationToken)
    {
        var sweep = await registry.Sweeps.AsNoTracking().Include(sweep => sweep.DatasetVersion).SingleOrDefaultAsync(sweep => sweep.Id == sweepId, cancellationToken);
        if (sweep is null) return null;
        var (spec, leaderboard) = (sweep.Spec, await registry.LeaderboardOfAsync(sweep, cancellationToken));
        IEnumerable<int> rungs = spec.Strategy == SweepStrategy.Asha
            ? Enumerable.Range(0, SweepRungs.LastOf(spec) + 1).Select(rung => SweepRungs.EpochsAt(spec, rung))
            : [];
        return new SweepResponse(
            sweep.Id, sweep.Name, spec.Description, sweep.State, spec.Strategy, spec.Metric, sweep.DatasetVersion.Reference, sweep.DatasetVersion.Digest,
            sweep.Need, spec.Parameters, [.. rungs], spec.Seed, spec.Parallel, sweep.GitCommit, sweep.CreatedAt,
            sweep.State == SweepState.Running ? null : sweep.EndedAt, CountsOf(leaderboard), leaderboard);
    }

    /// <summary>Every trial of a sweep: the ranked ones in their order, then the others by number.</summary>
    public static async Task<IReadOnlyList<LeaderboardRow>> LeaderboardOfAsync(this RegistryDbContext registry, Sweep sweep, CancellationToken cancellationToken)
    {
        var runs = await registry.Runs.AsNoTracking().Where(run => run.SweepId == sweep.Id && run.Trial != null)
            .Select(run => new
            {
                run.Id,
                Trial = run.Trial!.Value,
                Rung = run.Rung ?? 0,
                run.State,
                run.Reason,
                run.EpochsDone,
                run.EpochsAsked,
                run.ValidationLoss,
                run.ValidationAccuracy,
            })
            .ToListAsync(cancellationToken);
        var deepest = runs.GroupBy(run => run.Trial).ToDictionary(trial => trial.Key, trial => trial.MaxBy(run => (run.Rung, run.Id))!);
        var rows = SweepTrials.Of(sweep.Spec).Select(trial => deepest.TryGetValue(trial.Number, out var run)
            ? new LeaderboardRow(
                null, trial.Number, trial.Architecture.Name, trial.Values, run.State, run.Reason, run.Id, run.Rung, run.EpochsDone, run.EpochsAsked,
                run.ValidationLoss, run.ValidationAccuracy, LayerTable.Of(trial.Architecture).Parameters)
            : new LeaderboardRow(
                null, trial.Number, trial.Architecture.Name, trial.Values, null, null, null, 0, 0, SweepRungs.EpochsOf(sweep.Spec, trial, 0), null, null,
                LayerTable.Of(trial.Architecture).Parameters));
        return Leaderboard.Of(sweep.Spec, rows);
    }

    /// <summary>The runs of a sweep as its planner sees them.</summary>
    public static async Task<IReadOnlyList<TrialRun>> TrialRunsOfAsync(this RegistryDbContext registry, Sweep sweep, CancellationToken cancellationToken)
    {
        var runs = await registry.Runs.AsNoTracking().Where(run => run.SweepId == sweep.Id && run.Trial != null)
            .Select(run => new { run.Id, run.Trial, run.Rung, run.State, run.CreatedAt, run.ValidationLoss, run.ValidationAccuracy })
            .ToListAsync(cancellationToken);
        return
        [
            .. runs.Select(run => new TrialRun(
                run.Trial!.Value, run.Rung ?? 0, run.Id, StateOf(run.State, run.CreatedAt), sweep.Spec.MetricOf(run.ValidationLoss, run.ValidationAccuracy))),
        ];

        TrialRunState StateOf(RunState state, DateTimeOffset createdAt) => state switch
        {
            RunState.Queued or RunState.Running => TrialRunState.Unfinished,
            RunState.Succeeded => TrialRunState.Finished,
            RunState.Cancelled when createdAt <= sweep.EndedAt => TrialRunState.Stopped,
            _ => TrialRunState.GivenUp,
        };
    }

    private static SweepCounts CountsOf(IReadOnlyList<LeaderboardRow> rows)
    {
        return new SweepCounts(rows.Count, In(null), In(RunState.Queued), In(RunState.Running), In(RunState.Succeeded), In(RunState.Failed), In(RunState.Cancelled));

        int In(RunState? state) => rows.Count(row => row.State == state);
    }
}
