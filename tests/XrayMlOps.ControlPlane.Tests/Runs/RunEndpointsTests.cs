using System.Net;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.ControlPlane.Tests.Runs;

public sealed class RunEndpointsTests
{
    public static Architecture Tiny { get; } = new()
    {
        Name = "tiny",
        Input = new InputShape { Height = 16, Width = 16 },
        Layers = [new FlattenLayer(), new DenseLayer { Units = 3 }],
        Recipe = new TrainingRecipe { Epochs = 3 },
    };

    private static CancellationToken Token => RegistryHost.Token;

    [Fact]
    public async Task Run_is_queued_on_the_version_that_the_reference_meant()
    {
        await using var host = await RegistryHost.StartAsync();
        var version = (await host.PushCompletedAsync("chest", Films.Some(10))).Version;

        using var response = await host.PostAsync("/api/runs", new TrainRequest("chest", Tiny, RegisterAs: "m", Alias: "champion", GitCommit: "abc"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        await host.PushCompletedAsync("chest", Films.Some(11));
        var run = await host.GetAsync<RunResponse>(response.Headers.Location!.ToString());
        Assert.Equal((RunState.Queued, "chest@1", version.Digest, "tiny", 3), (run.State, run.Dataset, run.DatasetDigest, run.Architecture, run.Recipe.Epochs));
        Assert.Equal(("m", "champion", "abc", 771L), (run.RegisterAs, run.Alias, run.GitCommit, run.Parameters));
        Assert.Equal("", await host.Http.GetStringAsync($"/api/runs/{run.Id}/log", Token));
    }

    [Fact]
    public async Task Run_that_makes_no_sense_is_told_all_that_is_wrong()
    {
        await using var host = await RegistryHost.StartAsync();

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync("/api/runs", new TrainRequest(
            "nothing@2", Tiny with { Layers = [new FlattenLayer()] }, new TrainingRecipe { Epochs = 0, LearningRate = 9 }, RegisterAs: "NO", Alias: null)));

        Assert.All((string[])["nothing@2", "last layer", "epochs 0", "learningRate 9", "'NO'"], part => Assert.Contains(part, detail, StringComparison.Ordinal));
        Assert.False(await host.WithRegistryAsync(registry => registry.Runs.AnyAsync(Token)));
    }

    [Fact]
    public async Task Queued_run_is_cancelled_at_once_and_not_again()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.PushCompletedAsync("chest", Films.Some(10));
        var run = await host.PostAsync<TrainRequest, RunResponse>("/api/runs", new TrainRequest("chest", Tiny), HttpStatusCode.Created);

        var cancelled = await host.PostAsync<object, RunResponse>($"/api/runs/{run.Id}/cancel", new { }, HttpStatusCode.Accepted);

        Assert.Equal(RunState.Cancelled, cancelled.State);
        await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.PostAsync($"/api/runs/{run.Id}/cancel", new { }));
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_a_page_at_a_time()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.PushCompletedAsync("chest", Films.Some(10));
        for (var i = 0; i < 5; i++) await host.PostAsync<TrainRequest, RunResponse>("/api/runs", new TrainRequest("chest", Tiny), HttpStatusCode.Created);

        List<int> seen = [];
        string? after = null;
        do
        {
            var page = await host.GetAsync<Page<RunSummary>>($"/api/runs?limit=2{(after is null ? "" : $"&after={after}")}");
            Assert.InRange(page.Items.Count, 1, 2);
            seen.AddRange(page.Items.Select(run => run.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal([5, 4, 3, 2, 1], seen);
    }
}
