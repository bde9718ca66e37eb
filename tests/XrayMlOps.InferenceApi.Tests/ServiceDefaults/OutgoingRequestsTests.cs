using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace XrayMlOps.InferenceApi.Tests.ServiceDefaults;

public sealed class OutgoingRequestsTests
{
    [Fact]
    public async Task Control_plane_is_found_by_the_name_that_Aspire_gives_it()
    {
        using var cache = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        var champion = plane.Promote(new TinyModel(), 1);

        await using var host = await InferenceHost.StartAsync(cache, new Uri("http://controlplane"), settings: ("Services:controlplane:http:0", $"{plane.Url}"));

        await host.ServesAsync(champion);
    }

    [Theory]
    [InlineData("GET", 3)]
    [InlineData("HEAD", 3)]
    [InlineData("POST", 1)]
    [InlineData("PUT", 1)]
    [InlineData("DELETE", 1)]
    public async Task Only_what_is_safe_is_tried_again(string method, int attempts)
    {
        using var cache = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        var asked = 0;
        await using var host = await InferenceHost.StartAsync(cache, plane.Url, routes => routes.MapMethods("/away", [method], () =>
        {
            Interlocked.Increment(ref asked);
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }));
        using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host.Client.BaseAddress!, "/away"));

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(attempts, asked);
    }
}
