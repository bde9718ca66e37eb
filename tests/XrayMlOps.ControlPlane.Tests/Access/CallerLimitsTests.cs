using System.Net;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ControlPlane.Tests.Access;

public sealed class CallerLimitsTests
{
    [Fact]
    public async Task Caller_that_asks_too_much_is_answered_429_and_others_are_not()
    {
        await using var host = await RegistryHost.StartAsync(settings: new() { ["RateLimits:PerSecond"] = "1", ["RateLimits:Burst"] = "5" });
        var other = await KeyEndpointsTests.MakeAsync(host, "other", Role.Viewer);

        HttpResponseMessage? refused = null;
        for (var asked = 0; asked < 20 && refused is null; asked++)
        {
            var response = await host.Http.GetAsync("/api/datasets", RegistryHost.Token);
            if (response.StatusCode == HttpStatusCode.TooManyRequests) refused = response;
            else response.Dispose();
        }

        using (refused) Assert.True(refused?.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await KeyEndpointsTests.AskAsync(host, other.Key));
    }

    [Fact]
    public async Task Stranger_that_tries_keys_is_answered_429()
    {
        await using var host = await RegistryHost.StartAsync(settings: new() { ["RateLimits:AnonymousPerSecond"] = "1", ["RateLimits:AnonymousBurst"] = "5" });

        List<HttpStatusCode> answers = [];
        for (var asked = 0; asked < 10; asked++) answers.Add(await KeyEndpointsTests.AskAsync(host, $"xray_0123456789ab_guess-number-{asked}"));

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.OK, await KeyEndpointsTests.AskAsync(host, "nobody-asks-a-probe-for-a-key", "/alive"));
    }
}
