using System.Net.Sockets;
using System.Text;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.InferenceApi.Tests;

/// <summary>Clients that send next to nothing, to hold a connection for ever.</summary>
public sealed class SlowClientTests : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;
    private InferenceHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        var served = _controlPlane.Promote(new TinyModel(), 1);
        _host = await InferenceHost.StartAsync(_cache, _controlPlane.Url, null, ("Inference:HeaderSeconds", "1"), ("Inference:BodyBytesPerSecond", "100000"));
        await _host.ServesAsync(served);
    }

    [Theory]
    [InlineData("POST /v1/predict HTTP/1.1\r\nHost: x\r\nX-Slow: ")]
    [InlineData($"POST /v1/predict HTTP/1.1\r\nHost: x\r\nX-API-Key: {TestKey.Text}\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\n\u0089PNG")]
    [InlineData($"POST /v2/models/chest-xray/infer HTTP/1.1\r\nHost: x\r\nX-API-Key: {TestKey.Text}\r\nContent-Length: 100000\r\n\r\n{{")]
    public async Task Client_that_sends_too_slowly_is_answered_408(string start)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Client.BaseAddress!.Host, _host.Client.BaseAddress.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(start), limit.Token);
        using var answer = new StreamReader(stream, Encoding.Latin1);
        var text = await answer.ReadToEndAsync(limit.Token);
        Assert.StartsWith("HTTP/1.1 408", text, StringComparison.Ordinal);
        Assert.Equal(1, (await _host.PredictAsync(TestFilm.Png(1))).Model.Version);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }
}
