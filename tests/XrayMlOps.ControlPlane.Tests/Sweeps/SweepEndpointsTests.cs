using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.ControlPlane.Tests.Sweeps;

public sealed class SweepEndpointsTests
{
    private static readonly SweepParameter s_rates = new() { Values = [JsonSerializer.SerializeToElement(0.1), JsonSerializer.SerializeToElement(0.2)] };

    [Fact]
    public async Task Grid_asks_for_every_combination_on_the_version_that_the_reference_meant()
    {
        await using var host = await RegistryHost.StartAsync();

        var sweep = await host.SweepAsync(SweepHost.Grid(2) with { Epochs = 0, Parameters = new Dictionary<string, SweepParameter> { ["learningRate"] = s_rates } });

        Assert.Equal((SweepState.Running, "chest@1", ComputeNeed.Cpu, "abc"), (sweep.State, sweep.Dataset, sweep.Need, sweep.GitCommit));
        Assert.Equal(new SweepCounts(4, 0, 4, 0, 0, 0, 0), sweep.Counts);
        Assert.Empty(sweep.RungEpochs);
        var runs = await host.RunsAsync(sweep.Id);
        Assert.Equal(
            [("net1", 0.1, 3), ("net1", 0.2, 3), ("net2", 0.1, 3), ("net2", 0.2, 3)],
            runs.Select(run => (run.ArchitectureName, run.LearningRate, run.EpochsAsked)));
        Assert.All(runs, run => Assert.Equal(("search", ComputeNeed.Cpu, "abc", RunState.Queued), (run.Experiment, run.Need, run.GitCommit, run.State)));
        Assert.All(runs, run => Assert.NotNull(run.JobId));
        Assert.Equal(["0.1", "0.2", "0.1", "0.2"], sweep.Leaderboard.Select(row => row.Values["learningRate"].GetRawText()));
    }

    [Fact]
    public async Task Grid_of_many_trials_asks_for_all_of_them()
    {
        await using var host = await RegistryHost.StartAsync();

        var sweep = await host.SweepAsync(SweepHost.Grid(45));

        Assert.Equal(Enumerable.Range(1, 45), (await host.RunsAsync(sweep.Id)).Select(run => run.Trial!.Value));
    }

    [Fact]
    public async Task Leaderboard_has_every_trial_ranked_or_not()
    {
        await using var host = await RegistryHost.StartAsync();
        var sweep = await host.SweepAsync(SweepHost.Grid(6, parallel: 5));
        var runs = await host.RunsAsync(sweep.Id);
        await host.TrainAsync(runs[0], 0.5);
        await host.EndAsync(runs[0]);
        await host.TrainAsync(runs[1], 0.1);
        await host.EndAsync(runs[1], RunState.Failed);
        await host.TrainAsync(runs[2], 0.3, epochs: 1);
        await host.PostAsync<object, RunResponse>($"/api/runs/{runs[3].Id}/cancel", new { }, HttpStatusCode.Accepted);

        sweep = await host.SweepAsync(sweep.Id);

        Assert.Equal(
            [(1, 3, RunState.Running, 1, 0.3), (2, 1, RunState.Succeeded, 4, 0.5), (null, 2, RunState.Failed, 4, 0.1), (null, 4, RunState.Cancelled, 0, null), (null, 5, RunState.Queued, 0, null)],
            sweep.Leaderboard.Take(5).Select(row => ((int?)row.Rank, row.Trial, row.State!.Value, row.EpochsDone, row.ValidationLoss)));
        Assert.Equal((null, 6, 4), (sweep.Leaderboard[5].Rank, sweep.Leaderboard[5].Trial, sweep.Leaderboard[5].EpochsAsked));
    }

    [Fact]
    public async Task Sweep_that_makes_no_sense_is_told_all_that_is_wrong()
    {
        await using var host = await RegistryHost.StartAsync();

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync(
            "/api/sweeps", new SweepRequest("nothing@2", SweepHost.Halving(1, 1) with { Name = "A b", Epochs = 0 })));

        Assert.All((string[])["nothing@2", "name 'A b'", "epochs: asha needs them"], part => Assert.Contains(part, detail, StringComparison.Ordinal));
        Assert.Empty((await host.GetAsync<Page<SweepSummary>>("/api/sweeps")).Items);
    }

    [Fact]
    public async Task Sweeps_are_listed_newest_first_a_page_at_a_time()
    {
        await using var host = await RegistryHost.StartAsync();
        var first = await host.SweepAsync(SweepHost.Grid(3, parallel: 2));
        var second = await host.SweepAsync(SweepHost.Halving(2, 1) with { Name = "other", Metric = SweepMetric.ValidationAccuracy });
        var run = (await host.RunsAsync(second.Id))[0];
        await host.TrainAsync(run, 0.25);

        var page = await host.GetAsync<Page<SweepSummary>>("/api/sweeps?limit=1");
        var last = await host.GetAsync<Page<SweepSummary>>($"/api/sweeps?limit=1&after={page.Next}");

        var newest = Assert.Single(page.Items);
        Assert.Equal((second.Id, "other", 2, 1, 1, 0.75), (newest.Id, newest.Name, newest.Trials, newest.Begun, newest.Unfinished, newest.BestMetric));
        var oldest = Assert.Single(last.Items);
        Assert.Equal((first.Id, 3, 2, 2, null), (oldest.Id, oldest.Trials, oldest.Begun, oldest.Unfinished, oldest.BestMetric));
        Assert.Null(last.Next);
    }

    [Fact]
    public async Task Dataset_version_of_a_sweep_that_goes_on_is_not_deleted()
    {
        await using var host = await RegistryHost.StartAsync();
        var sweep = await host.SweepAsync(SweepHost.Grid(1));
        await host.PostAsync<object, SweepResponse>($"/api/sweeps/{sweep.Id}/stop", new { }, HttpStatusCode.Accepted);

        Assert.Contains($"sweep {sweep.Id}", await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.Http.DeleteAsync("/api/datasets/chest@1", RegistryHost.Token)), StringComparison.Ordinal);

        using var forced = await host.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, "/api/datasets/chest@1") { Content = JsonContent.Create(new DeleteDatasetRequest(Force: true, Reason: "wrong")) }, RegistryHost.Token);
        Assert.Equal(HttpStatusCode.NoContent, forced.StatusCode);
        Assert.Contains("deleted", await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.PostAsync($"/api/sweeps/{sweep.Id}/resume", new { })), StringComparison.Ordinal);
    }
}
