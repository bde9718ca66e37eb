using System.Text.Json;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Tests.Runs;

/// <summary>Runs that come from others: extended, repeated.</summary>
public sealed class RunAgainTests(Platform platform)
{
    [Fact]
    public async Task Run_that_is_extended_goes_on_from_its_last_epoch()
    {
        var run = await XrayRun.Json<RunResponse>("runs", "resume", $"{platform.Run.Id}", "--epochs", "+2", "--wait", "--server", platform.Server);

        Assert.Equal((RunState.Succeeded, platform.Run.Id, 8), (run.State, run.Origin.Continues, run.Recipe.Epochs));
        Assert.Equal(platform.Run.Epochs, run.Epochs.Take(6));
        Assert.Equal([7, 8], run.Epochs.Skip(6).Select(epoch => epoch.Epoch));
        var log = await XrayRun.Of("runs", "log", $"{run.Id}", "--server", platform.Server);
        Assert.Contains("goes on after epoch 6", log.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_that_ended_as_asked_is_not_resumed_without_more_epochs()
    {
        var run = await XrayRun.Of("runs", "resume", $"{platform.Run.Id}", "--server", platform.Server);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("+10", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_on_one_thread_repeats_bit_for_bit()
    {
        var first = await XrayRun.Json<RunResponse>(
            "train", "--dataset", Platform.Dataset, "--arch", "phantom_net", "--epochs", "2", "--threads", "1", "--experiment", "again", "--tag", "try=1", "--wait",
            "--server", platform.Server);
        Assert.Equal(("again", "1", 1), (first.Experiment, first.Tags["try"], first.Threads));
        Assert.NotEmpty(first.Environment);

        var difference = await XrayRun.Json<JsonElement>("runs", "repeat", $"{first.Id}", "--server", platform.Server);

        Assert.True(difference.GetProperty("sameWeights").GetBoolean());
        Assert.Equal((2, 0.0), (difference.GetProperty("epochs").GetInt32(), difference.GetProperty("validationLoss").GetProperty("largest").GetDouble()));
    }
}
