using System.Net;
using System.Net.Http.Headers;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.ControlPlane.Tests.Blobs;

public sealed class BlobEndpointsTests
{
    [Fact]
    public async Task Blob_is_served_whole_and_by_range()
    {
        await using var host = await RegistryHost.StartAsync();
        var content = Films.Jpeg(1);
        var digest = Digest.Of(content);
        await host.UploadAsync([content]);

        using var whole = await host.Http.GetAsync($"/api/blobs/{digest}", RegistryHost.Token);
        Assert.Equal(content, await whole.Content.ReadAsByteArrayAsync(RegistryHost.Token));
        Assert.Equal($"\"{digest}\"", whole.Headers.ETag?.Tag);
        Assert.Contains("immutable", whole.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/blobs/{digest}") { Headers = { Range = new RangeHeaderValue(2, 9) } };
        using var part = await host.Http.SendAsync(request, RegistryHost.Token);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(content[2..10], await part.Content.ReadAsByteArrayAsync(RegistryHost.Token));
    }
}
