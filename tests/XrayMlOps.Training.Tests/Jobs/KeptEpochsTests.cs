using System.Collections.Concurrent;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Checkpoints;
using XrayMlOps.Training.Jobs;
using XrayMlOps.Training.Tests.Fixtures;

namespace XrayMlOps.Training.Tests.Jobs;

public sealed class KeptEpochsTests
{
    [Fact]
    public async Task Checkpoint_is_not_replaced_before_it_is_kept()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, TinyJob.Job with { Recipe = TinyJob.Recipe with { Epochs = 4 } });
        KeptEpochs kept = new();
        ConcurrentQueue<(int Told, int Found)> checkpoints = [];
        List<Task> keeping = [];

        var exitCode = new TrainingRun(folder.Path, message =>
        {
            if (message is not TrainerEpoch { Metrics.Epoch: var epoch }) return;
            keeping.Add(Task.Run(async () =>
            {
                await Task.Delay(300); // ample for the next epoch to end
                checkpoints.Enqueue((epoch, LastEpoch(folder)));
                kept.Keep(epoch);
            }));
        }, TimeProvider.System, kept).Execute(TestContext.Current.CancellationToken);
        await Task.WhenAll(keeping);

        Assert.Equal(TrainerExit.Completed, exitCode);
        Assert.Equal([(1, 1), (2, 2), (3, 3), (4, 4)], checkpoints.OrderBy(checkpoint => checkpoint.Told));
    }

    [Fact]
    public void Stop_ends_the_wait_for_an_epoch_that_nobody_keeps()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, TinyJob.Job with { Recipe = TinyJob.Recipe with { Epochs = 4 } });
        using CancellationTokenSource stop = new();

        var exitCode = new TrainingRun(folder.Path, message =>
        {
            if (message is TrainerStep { Epoch: 2 }) stop.CancelAfter(TimeSpan.FromMilliseconds(300));
        }, TimeProvider.System, new KeptEpochs()).Execute(stop.Token);

        Assert.Equal((TrainerExit.Stopped, 1), (exitCode, LastEpoch(folder)));
    }

    [Theory]
    [InlineData("kept 12", 12)]
    [InlineData("kept", null)]
    [InlineData("kept -1", null)]
    [InlineData("", null)]
    public void Acknowledgement_reads_back(string line, int? epoch)
    {
        Assert.Equal(epoch, TrainerAcknowledgement.TryParse(line));
        if (epoch is { } kept) Assert.Equal(line, TrainerAcknowledgement.Of(kept));
    }

    private static int LastEpoch(TemporaryFolder folder)
    {
        using var stream = File.OpenRead(folder[TrainingOutputs.Checkpoint]);
        using var file = SafeTensors.Read(stream);
        return JsonSerializer.Deserialize<List<EpochMetrics>>(file.Metadata["history"], XrayJson.Compact)!.Count;
    }
}
