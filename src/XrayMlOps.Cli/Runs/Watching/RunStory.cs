using System.Net.ServerSentEvents;
using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs.Watching;

/// <summary>What was heard of a run so far.</summary>
internal sealed class RunStory
{
    private readonly List<EpochMetrics> _epochs = [];
    private StepProgress? _step;

    /// <summary>Finished, in order.</summary>
    public IReadOnlyList<EpochMetrics> Epochs => _epochs;

    public RunProgress? Progress { get; private set; }

    public void Take(SseItem<string> item)
    {
        switch (item.EventType)
        {
            case RunEvents.Run or RunEvents.End:
                Progress = Read<RunProgress>(item);
                break;
            case RunEvents.Step:
                _step = Read<StepProgress>(item);
                break;
            case RunEvents.Epoch:
                var epoch = Read<EpochMetrics>(item);
                _epochs.RemoveAll(known => known.Epoch >= epoch.Epoch); // trained again, after a crash
                _epochs.Add(epoch);
                break;
        }
    }

    /// <summary>How far it is, and what it is about.</summary>
    public ProgressStep Step()
    {
        if (Progress is not { } run) return new ProgressStep(0, 1, "");
        if (run.State == RunState.Queued) return new ProgressStep(_epochs.Count, run.EpochsAsked, "waiting for a worker");
        if (_epochs.Count == run.EpochsAsked) return new ProgressStep(_epochs.Count, run.EpochsAsked, "scoring the splits and exporting the model");
        // The step of an epoch that is finished already says nothing about the next one.
        if (_step is not { Step: var step } || step.Epoch <= _epochs.Count)
            return new ProgressStep(_epochs.Count, run.EpochsAsked, _epochs.Count == 0 ? "loading the films" : $"epoch {_epochs.Count} done");
        var left = Figures.Duration(TimeSpan.FromSeconds(_step.SecondsLeft));
        return new ProgressStep(
            step.Epoch - 1 + step.Step / (double)Math.Max(step.Steps, 1), run.EpochsAsked,
            $"epoch {step.Epoch}/{run.EpochsAsked}, loss {Figures.Loss(step.Loss)}, learning rate {step.LearningRate:0.######}, {step.ImagesPerSecond:N0} images/s, {left} left");
    }

    private static T Read<T>(SseItem<string> item) =>
        JsonSerializer.Deserialize<T>(item.Data, XrayJson.Compact) ?? throw new JsonException($"a {item.EventType} event is null");
}
