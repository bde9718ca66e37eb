using System.Net;
using System.Net.Http.Headers;
using XrayMlOps.Core.Access;

namespace XrayMlOps.InferenceApi.Tests.Access;

public sealed class KeyFollowerTests : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private readonly string _key = ApiKeyText.New("0123456789ab");
    private FakeControlPlane _controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        _controlPlane.Keys = [Verifier()];
    }

    [Fact]
    public async Task Key_of_the_registry_is_followed_from_its_making_to_its_revocation()
    {
        _controlPlane.Keys = [];
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url, null, ("Inference:KeySeconds", "0.05"), ("ControlPlane:ApiKey", "what-the-control-plane-knows-me-by"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(host));

        _controlPlane.Keys = [Verifier()];
        await Eventually.HoldsAsync("the key is known", async () => await AskAsync(host) == HttpStatusCode.OK);
        Assert.Equal("Bearer what-the-control-plane-knows-me-by", _controlPlane.Authorization);

        _controlPlane.Keys = [Verifier() with { RevokedAt = DateTimeOffset.UnixEpoch }];
        await Eventually.HoldsAsync("the key is refused", async () => await AskAsync(host) == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Host_that_starts_without_the_control_plane_knows_the_keys_of_before()
    {
        await using (var first = await InferenceHost.StartAsync(_cache, _controlPlane.Url))
            await Eventually.HoldsAsync("the key is known", async () => await AskAsync(first) == HttpStatusCode.OK);
        _controlPlane.Away = true;

        await using var second = await InferenceHost.StartAsync(_cache, _controlPlane.Url);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(second));
        var file = Path.Combine(_cache.Path, "keys.json");
        Assert.DoesNotContain(_key, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    public async ValueTask DisposeAsync()
    {
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }

    private ApiKeyVerifier Verifier() => new("0123456789ab", "viewer", Role.Caller, ApiKeyDigest.Of(_key).ToString());

    private async Task<HttpStatusCode> AskAsync(InferenceHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _key) } };
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
