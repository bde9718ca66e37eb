using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs.Watching;

/// <summary>Watches a run to its end: a bar for the whole run, a line for each finished epoch, and the curve of the losses.</summary>
internal sealed class RunFollower(RegistryClient client, IAnsiConsole console, TimeProvider time)
{
    private string? _reasonShown;

    public async Task<RunResponse> FollowAsync(int id, CancellationToken cancellationToken)
    {
        var story = new RunStory();
        var reader = new RunEventReader(client, time, () => RunDisplay.WriteLine(console, "  The connection broke off; trying again."));
        await RunDisplay.ShowAsync(console, time, $"Run {id}", async show =>
        {
            await foreach (var item in reader.ReadAsync(id, cancellationToken))
            {
                story.Take(item);
                if (item.EventType == RunEvents.Epoch) WriteEpoch(story);
                if (item.EventType == RunEvents.Run) WriteReason(story);
                show(story);
            }
        });
        RunDisplay.WriteCurve(console, story.Epochs);
        return await client.RunAsync(id, cancellationToken);
    }

    private void WriteReason(RunStory story)
    {
        if (story.Progress is not { State: RunState.Queued, Reason: { } reason } || reason == _reasonShown) return;
        RunDisplay.WriteLine(console, $"  back in the queue: {reason}");
        _reasonShown = reason;
    }

    private void WriteEpoch(RunStory story)
    {
        var epoch = story.Epochs[^1];
        var best = epoch == story.Epochs.MinBy(other => other.ValidationLoss);
        RunDisplay.WriteLine(
            console,
            $"  epoch {epoch.Epoch,3}/{story.Progress?.EpochsAsked}  train {Figures.Loss(epoch.TrainLoss)} {Figures.Percent(epoch.TrainAccuracy),7}  "
            + $"validation {Figures.Loss(epoch.ValidationLoss)} {Figures.Percent(epoch.ValidationAccuracy),7} "
            + $"{(best ? '*' : ' ')} {epoch.ImagesPerSecond,6:N0} images/s");
    }
}
