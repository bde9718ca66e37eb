using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Tests.Runs;

public sealed class RunSearchTests(Platform platform)
{
    [Fact]
    public async Task Run_is_found_by_its_experiment_its_tags_and_what_was_asked()
    {
        var run = await TrainAsync("found");

        var listed = await XrayRun.Of("runs", "list", "--filter", "tag.site = north and epochs_asked = 3", "--experiment", "found", "--server", platform.Server);
        Assert.Equal(0, listed.ExitCode);
        Assert.Matches($@"\n\s*{run.Id} .*found", listed.Output);
        Assert.Contains("1 of 1 run", listed.Output, StringComparison.Ordinal);
        var shown = await XrayRun.Of("runs", "show", run.Id.ToString(), "--server", platform.Server);
        Assert.Matches(@"Experiment\s+found", shown.Output);
        Assert.Matches(@"Tags\s+site north, who me", shown.Output);
        Assert.Matches(@"Limits\s+90 minutes in all, 7 minutes without a word", shown.Output);
        var experiments = await XrayRun.Json<ExperimentSummary[]>("runs", "experiments", "--server", platform.Server);
        Assert.Equal(1, experiments.Single(experiment => experiment.Name == "found").Runs);
    }

    [Fact]
    public async Task Tags_are_set_and_taken_off()
    {
        var id = (await TrainAsync("tagged")).Id.ToString();
        var tagged = await XrayRun.Json<RunResponse>("runs", "tag", id, "site=south", "note=a=b", "--server", platform.Server);
        Assert.Equal(new Dictionary<string, string> { ["site"] = "south", ["who"] = "me", ["note"] = "a=b" }, tagged.Tags);
        var untagged = await XrayRun.Json<RunResponse>("runs", "untag", id, "site", "note", "--server", platform.Server);
        Assert.Equal(["who"], untagged.Tags.Keys);
        Assert.Equal(4, (await XrayRun.Of("runs", "untag", id, "site", "--server", platform.Server)).ExitCode);
    }

    [Fact]
    public async Task Sorted_runs_come_best_first()
    {
        var best = await XrayRun.Json<RunSummary[]>("runs", "list", "--sort=-accuracy", "--filter", "accuracy >= 0%", "--server", platform.Server);
        Assert.Contains(best, run => run.Id == platform.Run.Id);
        Assert.Equal(best.OrderByDescending(run => run.ValidationAccuracy).Select(run => run.Id), best.Select(run => run.Id));
    }

    [Theory]
    [InlineData("character 1: found 'acuracy'", "runs", "list", "--filter", "acuracy > 1")]
    [InlineData("'site' is no tag: give KEY=VALUE", "runs", "tag", "1", "site")]
    [InlineData("'ten' is no number of epochs", "runs", "resume", "1", "--epochs", "ten")]
    [InlineData("totalMinutes -1", "train", "--dataset", "x", "--arch", "phantom_net", "--time-limit", "-1")]
    public async Task Words_that_make_no_sense_exit_2_and_are_named(string problem, params string[] arguments)
    {
        var run = await XrayRun.Of([.. arguments, "--server", platform.Server]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(problem, run.Errors, StringComparison.Ordinal);
    }

    /// <summary>Asks for a run and takes it back: what it was asked for stays.</summary>
    private async Task<RunResponse> TrainAsync(string experiment)
    {
        var run = await XrayRun.Json<RunResponse>(
            "train", "--dataset", Platform.Dataset, "--arch", "phantom_net", "--epochs", "3", "--experiment", experiment, "--tag", "site=north", "--tag", "who=me",
            "--threads", "1", "--time-limit", "90", "--stall-limit", "7", "--server", platform.Server);
        await XrayRun.Json<RunResponse>("runs", "cancel", run.Id.ToString(), "--server", platform.Server);
        return run;
    }
}
