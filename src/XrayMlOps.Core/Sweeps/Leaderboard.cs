using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Sweeps;

/// <summary>Orders the trials of a sweep.</summary>
public static class Leaderboard
{
    /// <summary>Ranks the trials that have a metric and did not fail, best first; the others follow by number.</summary>
    public static IReadOnlyList<LeaderboardRow> Of(SweepSpec spec, IEnumerable<LeaderboardRow> trials)
    {
        var comparable = trials.ToLookup(row => row.State != RunState.Failed && MetricOf(spec, row) is { } metric && double.IsFinite(metric));
        var ranked = SweepPlanner.Ranked(spec, comparable[true], row => MetricOf(spec, row), row => row.Trial);
        return [.. ranked.Select((row, index) => row with { Rank = index + 1 }), .. comparable[false].OrderBy(row => row.Trial)];
    }

    private static double? MetricOf(SweepSpec spec, LeaderboardRow row) => spec.MetricOf(row.ValidationLoss, row.ValidationAccuracy);
}
