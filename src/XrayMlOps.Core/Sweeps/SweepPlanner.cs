namespace XrayMlOps.Core.Sweeps;

/// <summary>
/// Decides what a sweep does next, from its spec and the runs of its trials alone: equal runs, equal plan. Successive halving is the asynchronous
/// one of Li et al. 2020 (algorithm 2): a free place goes to a trial among the best of a rung that was not promoted yet, of the highest rung that
/// has one, else to a new trial. A trial given up counts as done on its rung, and as worse than all that are finished.
/// </summary>
public static class SweepPlanner
{
    public static SweepPlan Next(SweepSpec spec, IEnumerable<TrialRun> runs)
    {
        // Of a trial taken up again on the same rung, what counts is the last run.
        var latest = runs.GroupBy(run => (run.Trial, run.Rung)).Select(same => same.MaxBy(run => run.RunId)!).ToArray();
        var deepest = latest.GroupBy(run => run.Trial).ToDictionary(trial => trial.Key, trial => trial.MaxBy(run => run.Rung)!);
        var unfinished = latest.Count(run => run.State == TrialRunState.Unfinished);

        var stopped = deepest.Values.Where(run => run.State == TrialRunState.Stopped).OrderBy(run => run.Trial).Select(run => new SweepAction(run.Trial, run.Rung, run.RunId));
        var begun = Enumerable.Range(1, SweepTrials.CountOf(spec)).Where(trial => !deepest.ContainsKey(trial)).Select(trial => new SweepAction(trial, 0));
        SweepAction[] wanted = [.. stopped, .. Promotions(spec, latest, deepest), .. begun];
        if (wanted is [] && unfinished == 0) wanted = [.. Finalist(spec, deepest.Values)];
        return new SweepPlan([.. wanted.Take(Math.Max(0, LimitOf(spec) - unfinished))], wanted is [] && unfinished == 0);
    }

    /// <summary>Puts the better metric first; of equal ones, the trial with the lower number.</summary>
    public static IEnumerable<T> Ranked<T>(SweepSpec spec, IEnumerable<T> trials, Func<T, double?> metric, Func<T, int> trial) =>
        trials.OrderBy(each => metric(each) is { } value && double.IsFinite(value) ? spec.Metric == SweepMetric.ValidationLoss ? value : -value : double.PositiveInfinity)
            .ThenBy(trial);

    private static IEnumerable<SweepAction> Promotions(SweepSpec spec, TrialRun[] latest, Dictionary<int, TrialRun> deepest)
    {
        for (var rung = SweepRungs.LastOf(spec) - 1; rung >= 0; rung--)
        {
            var done = latest.Where(run => run.Rung == rung && run.State is TrialRunState.Finished or TrialRunState.GivenUp).ToArray();
            var best = Ranked(spec, done.Where(IsComparable), run => run.Metric, run => run.Trial).Take(done.Length / spec.Reduction);
            foreach (var run in best.Where(run => deepest[run.Trial].Rung == rung)) yield return new SweepAction(run.Trial, rung + 1, run.RunId);
        }
    }

    /// <summary>Where too few trials are left to promote one in so many, the best goes on all the same: a sweep ends with a trial that was trained in full.</summary>
    private static IEnumerable<SweepAction> Finalist(SweepSpec spec, IEnumerable<TrialRun> deepest)
    {
        var last = SweepRungs.LastOf(spec);
        var rungs = deepest.Where(IsComparable).GroupBy(run => run.Rung).ToDictionary(rung => rung.Key);
        if (rungs.Count == 0 || rungs.ContainsKey(last)) return [];
        var highest = rungs[rungs.Keys.Max()];
        return Ranked(spec, highest, run => run.Metric, run => run.Trial).Take(1).Select(run => new SweepAction(run.Trial, run.Rung + 1, run.RunId));
    }

    private static bool IsComparable(TrialRun run) => run is { State: TrialRunState.Finished, Metric: { } metric } && double.IsFinite(metric);

    private static int LimitOf(SweepSpec spec) => spec switch
    {
        { Parallel: > 0 } => spec.Parallel,
        { Strategy: SweepStrategy.Asha } => SweepSpec.DefaultAshaParallel,
        _ => int.MaxValue,
    };
}
