using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Cli.Sweeps;

/// <summary>Watches a sweep to its end: a bar for the trials, and a line for each run that ended.</summary>
internal sealed class SweepFollower(RegistryClient client, IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly HashSet<int> _shown = [];

    public Task<SweepResponse> FollowAsync(int id, CancellationToken cancellationToken) =>
        ProgressDisplay.ShowAsync(console, time, $"Sweep {id}", async progress =>
        {
            while (true)
            {
                var sweep = await client.SweepAsync(id, cancellationToken);
                ShowNews(sweep);
                if (sweep.State != SweepState.Running) return sweep;
                progress.Report(Step(sweep));
                await Task.Delay(BetweenLooks, time, cancellationToken);
            }
        });

    private void ShowNews(SweepResponse sweep)
    {
        foreach (var row in sweep.Leaderboard.Where(row => row.State?.IsEnd() == true).OrderBy(row => row.Run))
        {
            if (!_shown.Add(row.Run!.Value)) continue;
            console.WriteLine(
                $"  trial {row.Trial,3}  {row.Architecture,-28} {row.State.ToString()!.ToLowerInvariant(),-9}  {row.EpochsDone,3} epochs  "
                + $"validation {Figures.Loss(row.ValidationLoss)} {Figures.Percent(row.ValidationAccuracy),7}  {(row.Rank is { } rank ? $"rank {rank}" : row.Reason)}");
        }
    }

    /// <summary>A trial that is promoted is under way again.</summary>
    private static ProgressStep Step(SweepResponse sweep)
    {
        var counts = sweep.Counts;
        var ended = counts.Succeeded + counts.Failed + counts.Cancelled;
        return new ProgressStep(ended, counts.Trials, $"{ended} of {Figures.Count(counts.Trials, "trial")} done, {counts.Running} running, {counts.Queued} queued");
    }
}
