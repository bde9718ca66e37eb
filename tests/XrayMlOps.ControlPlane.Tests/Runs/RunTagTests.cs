using System.Net;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.ControlPlane.Tests.Runs;

public sealed class RunTagTests
{
    [Fact]
    public async Task Tag_is_set_changed_and_taken_away()
    {
        await using var host = await RegistryHost.StartAsync();
        var run = await QueueAsync(host);

        Assert.Equal(HttpStatusCode.NoContent, (await host.PutAsync($"/api/runs/{run}/tags/site", new TagRunRequest("north"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await host.PutAsync($"/api/runs/{run}/tags/site", new TagRunRequest("south"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await host.PutAsync($"/api/runs/{run}/tags/who", new TagRunRequest("me"))).StatusCode);
        Assert.Equal(new Dictionary<string, string> { ["site"] = "south", ["who"] = "me" }, (await host.GetAsync<RunResponse>($"/api/runs/{run}")).Tags);

        Assert.Equal(HttpStatusCode.NoContent, (await host.Http.DeleteAsync($"/api/runs/{run}/tags/site", RegistryHost.Token)).StatusCode);
        Assert.Equal(["who"], (await host.GetAsync<RunResponse>($"/api/runs/{run}")).Tags.Keys);
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.DeleteAsync($"/api/runs/{run}/tags/site", RegistryHost.Token));
    }

    [Fact]
    public async Task Tag_that_no_run_may_have_is_refused()
    {
        await using var host = await RegistryHost.StartAsync();
        var run = await QueueAsync(host);

        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PutAsync($"/api/runs/{run}/tags/SITE", new TagRunRequest("north")));
        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PutAsync($"/api/runs/{run}/tags/site", new TagRunRequest("a\nb")));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.PutAsync("/api/runs/4711/tags/site", new TagRunRequest("north")));
        for (var i = 0; i < RunTags.Most; i++) await host.PutAsync($"/api/runs/{run}/tags/t{i}", new TagRunRequest("x"));
        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PutAsync($"/api/runs/{run}/tags/more", new TagRunRequest("x")));
        Assert.Contains("up to 50", detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await host.PutAsync($"/api/runs/{run}/tags/t7", new TagRunRequest("y"))).StatusCode);
    }

    [Fact]
    public async Task Run_moves_to_another_experiment()
    {
        await using var host = await RegistryHost.StartAsync();
        var run = await QueueAsync(host);

        Assert.Equal(HttpStatusCode.NoContent, (await host.PutAsync($"/api/runs/{run}/experiment", new MoveRunRequest("lungs"))).StatusCode);

        Assert.Equal("lungs", (await host.GetAsync<RunResponse>($"/api/runs/{run}")).Experiment);
        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PutAsync($"/api/runs/{run}/experiment", new MoveRunRequest("No name")));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.PutAsync("/api/runs/4711/experiment", new MoveRunRequest("lungs")));
    }

    private static async Task<int> QueueAsync(RegistryHost host)
    {
        await host.PushCompletedAsync("chest", Films.Some(10));
        return (await host.PostAsync<TrainRequest, RunResponse>("/api/runs", new TrainRequest("chest", RunEndpointsTests.Tiny), HttpStatusCode.Created)).Id;
    }
}
