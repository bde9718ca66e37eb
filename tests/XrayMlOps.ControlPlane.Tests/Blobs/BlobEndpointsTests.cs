using System.Net;
using System.Net.Http.Headers;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.ControlPlane.Tests.Blobs;

public sealed class BlobEndpointsTests
{
    [Fact]
    public async Task Blob_is_stored_once_and_served_by_range()
    {
        await using var host = await RegistryHost.StartAsync();
        var content = Films.Jpeg(1);
        var digest = Digest.Of(content);

        using var created = await host.PutBlobAsync(digest, content);
        using var repeated = await host.PutBlobAsync(digest, content);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, repeated.StatusCode));

        using var whole = await host.Http.GetAsync($"/api/blobs/{digest}", RegistryHost.Token);
        Assert.Equal(content, await whole.Content.ReadAsByteArrayAsync(RegistryHost.Token));
        Assert.Equal($"\"{digest}\"", whole.Headers.ETag?.Tag);
        Assert.Contains("immutable", whole.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/blobs/{digest}") { Headers = { Range = new RangeHeaderValue(2, 9) } };
        using var part = await host.Http.SendAsync(request, RegistryHost.Token);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(content[2..10], await part.Content.ReadAsByteArrayAsync(RegistryHost.Token));
    }

    [Fact]
    public async Task Content_damaged_on_the_way_is_refused_and_not_stored()
    {
        await using var host = await RegistryHost.StartAsync();
        var digest = Digest.Of("what was sent"u8);

        await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PutBlobAsync(digest, "what arrived"u8.ToArray()));

        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync($"/api/blobs/{digest}", RegistryHost.Token));
    }

    [Fact]
    public async Task Blob_above_the_usual_limit_of_a_request_is_taken()
    {
        await using var host = await RegistryHost.StartAsync();
        var content = new byte[31_000_000];

        using var created = await host.PutBlobAsync(Digest.Of(content), content);

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
    }
}
