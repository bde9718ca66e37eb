using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary>Watches a run to its end: a bar for the whole run, and a line for each finished epoch.</summary>
internal sealed class RunFollower(RegistryClient client, IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(400);

    private int _epochsShown;
    private string? _reasonShown;

    public Task<RunResponse> FollowAsync(int id, CancellationToken cancellationToken) =>
        ProgressDisplay.ShowAsync(console, time, $"Run {id}", async progress =>
        {
            while (true)
            {
                var run = await client.RunAsync(id, cancellationToken);
                ShowNews(run);
                if (run.State.IsEnd()) return run;
                progress.Report(Step(run));
                await Task.Delay(BetweenLooks, time, cancellationToken);
            }
        });

    private void ShowNews(RunResponse run)
    {
        if (run is { State: RunState.Queued, Reason: { } reason } && reason != _reasonShown)
        {
            console.MarkupLineInterpolated($"  [yellow]back in the queue:[/] {reason}");
            _reasonShown = reason;
        }
        foreach (var epoch in run.Epochs.Skip(_epochsShown))
        {
            var best = epoch == run.Epochs.Take(_epochsShown + 1).MinBy(other => other.ValidationLoss);
            console.WriteLine(
                $"  epoch {epoch.Epoch,3}/{run.Recipe.Epochs}  train {Figures.Loss(epoch.TrainLoss)} {Figures.Percent(epoch.TrainAccuracy),7}  "
                + $"validation {Figures.Loss(epoch.ValidationLoss)} {Figures.Percent(epoch.ValidationAccuracy),7} "
                + $"{(best ? '*' : ' ')} {epoch.ImagesPerSecond,6:N0} images/s");
            _epochsShown++;
        }
        // A run that goes on from an older checkpoint trains some epochs again.
        _epochsShown = Math.Min(_epochsShown, run.Epochs.Count);
    }

    private static ProgressStep Step(RunResponse run)
    {
        if (run.State == RunState.Queued) return new ProgressStep(run.Epochs.Count, run.Recipe.Epochs, "waiting for a worker");
        if (run.Epochs.Count == run.Recipe.Epochs)
            return new ProgressStep(run.Epochs.Count, run.Recipe.Epochs, "scoring the splits and exporting the model");
        // The step of an epoch that is finished already says nothing about the next one.
        if (run.Step is not { } step || step.Epoch <= run.Epochs.Count)
            return new ProgressStep(
                run.Epochs.Count, run.Recipe.Epochs, run.Epochs.Count == 0 ? "loading the films" : $"epoch {run.Epochs.Count} done");
        var done = step.Epoch - 1 + step.Step / (double)Math.Max(step.Steps, 1);
        var left = Figures.Duration(Left(run, step, run.Recipe.Epochs - done));
        return new ProgressStep(
            done, run.Recipe.Epochs, $"epoch {step.Epoch}/{run.Recipe.Epochs}, loss {Figures.Loss(step.Loss)}, {step.ImagesPerSecond:N0} images/s, {left} left");
    }

    /// <summary>By the pace of the finished epochs (validation included), else by that of the running one.</summary>
    private static TimeSpan Left(RunResponse run, TrainerStep step, double epochs)
    {
        var secondsPerEpoch = run.Epochs.Count > 0
            ? run.Epochs.Average(epoch => epoch.Seconds)
            : step.Steps * run.Recipe.BatchSize / Math.Max(step.ImagesPerSecond, 1e-3);
        return TimeSpan.FromSeconds(epochs * secondsPerEpoch);
    }
}
