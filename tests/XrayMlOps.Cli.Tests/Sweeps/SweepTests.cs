using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Cli.Tests.Sweeps;

public sealed class SweepTests(Platform platform)
{
    private const string Small = """
        {
          "name": "small",
          "strategy": "grid",
          "architectures": ["lenet_5", "mine.json"],
          "parameters": { "learningRate": { "values": [0.001, 0.003] } },
        }
        """;

    private const string Mine = """{ "name": "mine", "layers": [{ "type": "avg_pool", "size": 16 }, { "type": "flatten" }, { "type": "dense", "units": 3 }] }""";

    [Fact]
    public async Task Sweep_that_waits_answers_with_a_complete_leaderboard()
    {
        using var folder = new TestFolder();
        folder.Write("mine.json", Mine);
        var file = folder.Write("small.json", Small);

        var sweep = await XrayRun.Json<SweepResponse>("sweep", "run", file, "--dataset", Platform.Dataset, "--epochs", "1", "--wait", "--server", platform.Server);

        Assert.Equal((SweepState.Completed, new SweepCounts(4, 0, 0, 0, 4, 0, 0)), (sweep.State, sweep.Counts));
        Assert.Equal([1, 2, 3, 4], sweep.Leaderboard.Select(row => row.Rank!.Value));
        Assert.Equal(["lenet_5", "lenet_5", "mine", "mine"], sweep.Leaderboard.Select(row => row.Architecture).Order(StringComparer.Ordinal));
        Assert.Contains(await XrayRun.Json<RunSummary[]>("runs", "list", "--server", platform.Server), run => run.Sweep == sweep.Id && run.Experiment == "small");
        var shown = await XrayRun.Of("sweep", "show", sweep.Id.ToString(), "--server", platform.Server);
        Assert.Matches(@"learningRate", shown.Output);
        Assert.Matches($@"1\s+{sweep.Leaderboard[0].Trial}\s+{sweep.Leaderboard[0].Architecture}\s", shown.Output);
        Assert.Contains(await XrayRun.Json<SweepSummary[]>("sweep", "list", "--server", platform.Server), row => row.Id == sweep.Id && row.State == SweepState.Completed);
        Assert.Equal(1, (await XrayRun.Of("sweep", "stop", sweep.Id.ToString(), "--server", platform.Server)).ExitCode);
    }

    [Fact]
    public async Task Best_trial_of_successive_halving_goes_on_from_its_checkpoint()
    {
        using var folder = new TestFolder();
        folder.Write("mine.json", Mine);
        var file = folder.Write("halving.json", """
            {
              "name": "halving", "strategy": "asha", "minEpochs": 1, "epochs": 3,
              "architectures": ["mine.json"], "parameters": { "learningRate": { "values": [0.0001, 0.001, 0.01] } },
            }
            """);

        var sweep = await XrayRun.Json<SweepResponse>("sweep", "run", file, "--dataset", Platform.Dataset, "--wait", "--server", platform.Server);

        Assert.Equal((SweepState.Completed, 3), (sweep.State, sweep.Counts.Succeeded));
        var best = Assert.Single(sweep.Leaderboard, row => row.Rung == 1);
        Assert.Equal(3, best.EpochsDone);
        var run = await XrayRun.Json<RunResponse>("runs", "show", best.Run!.Value.ToString(), "--server", platform.Server);
        var before = await XrayRun.Json<RunResponse>("runs", "show", run.Origin.Continues!.Value.ToString(), "--server", platform.Server);
        Assert.Equal(before.Epochs, run.Epochs.Take(1));
    }

    [Fact]
    public async Task Study_ships_and_is_stopped_and_resumed_by_its_number()
    {
        var sweep = await XrayRun.Json<SweepResponse>("sweep", "run", "study", "--dataset", Platform.Dataset, "--parallel", "1", "--need", "gpu", "--server", platform.Server);

        Assert.Equal((ComputeNeed.Gpu, 52, 51), (sweep.Need, sweep.Counts.Trials, sweep.Counts.NotBegun));
        Assert.Equal([1, 3, 9], sweep.RungEpochs);
        Assert.Equal(SweepState.Stopped, (await XrayRun.Json<SweepResponse>("sweep", "stop", sweep.Id.ToString(), "--server", platform.Server)).State);
        Assert.Equal(SweepState.Running, (await XrayRun.Json<SweepResponse>("sweep", "resume", sweep.Id.ToString(), "--server", platform.Server)).State);
        await XrayRun.Json<SweepResponse>("sweep", "stop", sweep.Id.ToString(), "--server", platform.Server);
    }

    [Fact]
    public async Task Sweep_that_is_unsound_exits_2_and_names_every_problem()
    {
        using var folder = new TestFolder();
        var file = folder.Write("bad.json", """{ "name": "Bad", "architectures": ["lenet_5", "lenet_5"], "parameters": { "rate": { "values": [1] } } }""");

        var run = await XrayRun.Of("sweep", "run", file, "--dataset", Platform.Dataset, "--server", platform.Server);

        Assert.Equal(2, run.ExitCode);
        Assert.All((string[])["name 'Bad'", "another has this name", "parameters.rate"], problem => Assert.Contains(problem, run.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sweep_that_is_not_there_exits_2_by_name_and_4_by_number()
    {
        var unknown = await XrayRun.Of("sweep", "run", "studies", "--dataset", Platform.Dataset, "--server", platform.Server);
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("study", unknown.Errors, StringComparison.Ordinal);
        Assert.Equal(4, (await XrayRun.Of("sweep", "show", "4711", "--server", platform.Server)).ExitCode);
    }
}
