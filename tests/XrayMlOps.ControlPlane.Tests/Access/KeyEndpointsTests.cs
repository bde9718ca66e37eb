using System.Net;
using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Access;

public sealed class KeyEndpointsTests(SharedServers servers)
{
    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Key_is_good_at_once_and_until_it_is_revoked_and_is_stored_nowhere(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);

        var made = await MakeAsync(host, "viewer-1", Role.Viewer);

        Assert.StartsWith($"xray_{made.Issued.Id}_", made.Key, StringComparison.Ordinal);
        Assert.Equal("test", made.Issued.CreatedBy);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, made.Key));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(host, made.Key, "/api/keys"));
        var row = await host.WithRegistryAsync(registry => registry.ApiKeys.SingleAsync(RegistryHost.Token));
        Assert.Equal(ApiKeyDigest.Of(made.Key).ToString(), row.Digest);
        var listed = Assert.Single((await host.GetAsync<Page<ApiKeyResponse>>("/api/keys")).Items);
        Assert.Equal(made.Issued, listed);

        using var revoked = await host.Http.DeleteAsync($"/api/keys/{made.Issued.Id}", RegistryHost.Token);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, made.Key));
    }

    [Fact]
    public async Task Rotated_key_has_an_overlap_only_if_it_was_asked_for()
    {
        StoppedClock clock = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        await using var host = await RegistryHost.StartAsync(clock: clock);
        var first = await MakeAsync(host, "rotated", Role.Viewer);

        var second = await RotateAsync(host, first, overlapMinutes: 60);
        Assert.Equal(first.Issued.Id, second.Issued.Id);
        Assert.NotEqual(first.Key, second.Key);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await AskAsync(host, first.Key), await AskAsync(host, second.Key)));
        clock.Set(clock.GetUtcNow().AddMinutes(61));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await AskAsync(host, first.Key), await AskAsync(host, second.Key)));

        var third = await RotateAsync(host, first, overlapMinutes: 0);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await AskAsync(host, second.Key), await AskAsync(host, third.Key)));
        clock.Set(clock.GetUtcNow().AddDays(366));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host, third.Key));
    }

    [Fact]
    public async Task Key_that_another_control_plane_made_is_known_soon()
    {
        await using var first = await RegistryHost.StartAsync();
        await using var second = await RegistryHost.StartAsync(first.Data);

        var made = await MakeAsync(first, "elsewhere", Role.Viewer);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await AskAsync(second, made.Key) != HttpStatusCode.OK) await Task.Delay(100, limit.Token);
    }

    [Fact]
    public async Task Request_that_cannot_be_is_refused_with_everything_that_is_wrong()
    {
        await using var host = await RegistryHost.StartAsync();
        await MakeAsync(host, "taken", Role.Caller);

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync("/api/keys", new CreateKeyRequest("no name!", Role.Caller, ExpiresInDays: 0)));
        Assert.Contains("no name!", detail, StringComparison.Ordinal);
        Assert.Contains("expiresInDays", detail, StringComparison.Ordinal);
        await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.PostAsync("/api/keys", new CreateKeyRequest("taken", Role.Caller)));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.PostAsync("/api/keys/0123456789ab/rotate", new RotateKeyRequest()));
    }

    [Fact]
    public async Task Declared_key_without_a_role_or_with_a_short_secret_stops_the_host_without_being_told()
    {
        var problem = await Assert.ThrowsAnyAsync<Exception>(() => RegistryHost.StartAsync(settings: new() { ["Authentication:Keys:weak:Secret"] = "hunter2" }));

        Assert.Contains("Authentication:Keys:weak:Secret", problem.Message, StringComparison.Ordinal);
        Assert.Contains("Authentication:Keys:weak:Role", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem.Message, StringComparison.Ordinal);
    }

    internal static Task<IssuedKeyResponse> MakeAsync(RegistryHost host, string name, Role role) =>
        host.PostAsync<CreateKeyRequest, IssuedKeyResponse>("/api/keys", new CreateKeyRequest(name, role), HttpStatusCode.Created);

    internal static async Task<HttpStatusCode> AskAsync(RegistryHost host, string key, string path = "/api/datasets")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        using var response = await host.Http.SendAsync(request, RegistryHost.Token);
        return response.StatusCode;
    }

    private static Task<IssuedKeyResponse> RotateAsync(RegistryHost host, IssuedKeyResponse key, int overlapMinutes) => host.PostAsync<RotateKeyRequest, IssuedKeyResponse>(
        $"/api/keys/{key.Issued.Id}/rotate", new RotateKeyRequest(overlapMinutes), HttpStatusCode.OK);
}
