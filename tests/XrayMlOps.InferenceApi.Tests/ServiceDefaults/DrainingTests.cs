using System.Net;
using Microsoft.AspNetCore.Builder;

namespace XrayMlOps.InferenceApi.Tests.ServiceDefaults;

public sealed class DrainingTests
{
    [Fact]
    public async Task Host_asked_to_end_says_so_while_it_still_takes_requests()
    {
        using var cache = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        await using var host = await InferenceHost.StartAsync(cache, plane.Url, settings: ("Shutdown:DrainSeconds", "3"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(host, "/health"));

        var stop = host.StopAsync();

        await Eventually.HoldsAsync("the host is not ready", async () => (await GetAsync(host, "/health")).Status == HttpStatusCode.ServiceUnavailable);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy"), await GetAsync(host, "/health"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await GetAsync(host, "/alive"));
        Assert.False(stop.IsCompleted);
        await stop;
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(host, "/alive"));
    }

    [Fact]
    public async Task Request_under_way_is_answered_though_the_host_is_asked_to_end()
    {
        using var cache = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        var arrived = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        await using var host = await InferenceHost.StartAsync(cache, plane.Url, routes => routes.MapGet("/slow", async () =>
        {
            arrived.SetResult();
            await finish.Task;
            return "done";
        }));
        var answer = GetAsync(host, "/slow");
        await arrived.Task;

        var stop = host.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            while (true) await GetAsync(host, "/alive");
        });
        finish.SetResult();

        Assert.Equal((HttpStatusCode.OK, "done"), await answer);
        await stop;
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(InferenceHost host, string path)
    {
        // A connection of its own, as a probe has.
        using var client = new HttpClient { BaseAddress = host.Client.BaseAddress };
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
