using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Cli.Sweeps;

/// <summary>Shows a sweep to a person.</summary>
internal static class SweepView
{
    public static void WriteSweep(this IAnsiConsole console, SweepResponse sweep)
    {
        var counts = sweep.Counts;
        console.WriteFacts(
            ("Sweep", $"{sweep.Id}, {sweep.Name}, {Describe(sweep.State)}"),
            ("Searches", sweep.Description is "" ? null : sweep.Description),
            ("Dataset", $"{sweep.Dataset} (sha256:{Figures.Short(sweep.DatasetDigest)})"),
            ("Strategy", Describe(sweep)),
            ("Trials", $"{Figures.Count(counts.Trials)}: {counts.Succeeded} succeeded, {counts.Failed} failed, {counts.Cancelled} cancelled, {counts.Running} running, {counts.Queued} queued, {counts.NotBegun} not begun"),
            ("Commit", sweep.GitCommit),
            ("Created", Figures.Time(sweep.CreatedAt)),
            ("Took", sweep.EndedAt is { } ended ? Figures.Duration(ended - sweep.CreatedAt) : null));
        console.WriteWhole(LeaderboardTable(sweep));
    }

    public static string Describe(SweepState state) => state.ToString().ToLowerInvariant();

    public static string Describe(SweepStrategy strategy) => strategy.ToString().ToLowerInvariant();

    private static string Describe(SweepResponse sweep) =>
        $"{Describe(sweep.Strategy)} by {(sweep.Metric == SweepMetric.ValidationLoss ? "validation loss" : "validation accuracy")}"
        + (sweep.RungEpochs is [] ? "" : $", {string.Join(", then ", sweep.RungEpochs)} epochs");

    private static Table LeaderboardTable(SweepResponse sweep)
    {
        string[] varied = [.. sweep.Parameters.Keys.Order(StringComparer.Ordinal)];
        var table = Tables.Of(["#Rank", "#Trial", "Network", "#Parameters", .. varied.Select(name => $"#{name}"), "State", "#Run", "#Epochs", "#Val. loss", "#Val. acc."]);
        foreach (var row in sweep.Leaderboard)
        {
            table.Row(
            [
                row.Rank?.ToString() ?? Figures.None, row.Trial.ToString(), row.Architecture, Figures.Count(row.Parameters),
                .. varied.Select(name => row.Values[name].ToString()), row.State?.ToString().ToLowerInvariant() ?? "not begun", row.Run?.ToString() ?? Figures.None,
                $"{row.EpochsDone}/{row.EpochsAsked}", Figures.Loss(row.ValidationLoss), Figures.Percent(row.ValidationAccuracy),
            ]);
        }
        return table;
    }
}
