using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Tests.Runs;

public sealed class RunTests(Platform platform)
{
    [Fact]
    public void Train_that_waits_answers_with_the_finished_run()
    {
        var run = platform.Run;
        Assert.Equal((RunState.Succeeded, $"{Platform.Dataset}@1", "phantom_net", 6), (run.State, run.Dataset, run.Architecture, run.Epochs.Count));
        Assert.Equal(platform.Pushed.Version.Images, run.Evaluation!.Train.N + run.Evaluation.Validation.N + run.Evaluation.Test.N);
    }

    [Fact]
    public async Task Train_for_people_shows_every_epoch_and_the_figures()
    {
        var run = await XrayRun.Of(
            "train", "--dataset", Platform.Dataset, "--arch", "phantom_net", "--epochs", "2", "--seed", "5", "--wait", "--server", platform.Server);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"epoch\s+2/2\s+train \d", run.Output);
        Assert.Contains("Confusion matrix", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"test\s+\d+\s+\d\.\d{3}\s+[\d.]+ %\s+[\d.]+ to [\d.]+ %", run.Output);
    }

    [Fact]
    public async Task Train_on_a_dataset_that_is_not_there_fails_and_names_it()
    {
        var run = await XrayRun.Of("train", "--dataset", "gone", "--arch", "phantom_net", "--server", platform.Server);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("gone", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_show_and_log_answer_with_the_run()
    {
        var id = platform.Run.Id.ToString();
        var listed = await XrayRun.Json<RunSummary[]>("runs", "list", "--server", platform.Server);
        Assert.Contains(listed, run => run.Id == platform.Run.Id && run.State == RunState.Succeeded);
        var shown = await XrayRun.Of("runs", "show", id, "--server", platform.Server);
        Assert.Contains("succeeded", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"{platform.Run.Parameters:N0} parameters", shown.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await XrayRun.Of("runs", "log", id, "--server", platform.Server)).ExitCode);
    }

    [Fact]
    public async Task Cancel_of_a_run_that_ended_exits_1()
    {
        var run = await XrayRun.Of("runs", "cancel", platform.Run.Id.ToString(), "--server", platform.Server);
        Assert.Equal(1, run.ExitCode);
        Assert.NotEmpty(run.Errors);
    }

    [Fact]
    public async Task Run_that_is_not_there_exits_4()
    {
        Assert.Equal(4, (await XrayRun.Of("runs", "show", "4711", "--server", platform.Server)).ExitCode);
    }
}
