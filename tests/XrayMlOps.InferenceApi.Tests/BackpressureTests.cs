using System.Net;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.Inference;

namespace XrayMlOps.InferenceApi.Tests;

public sealed class BackpressureTests : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;
    private InferenceHost _host = null!;
    private InferenceLane _lane = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        var model = _controlPlane.Promote(new TinyModel(), 1);
        _host = await InferenceHost.StartAsync(_cache, _controlPlane.Url, null, ("Inference:Concurrency", "1"), ("Inference:QueueLimit", "1"));
        await _host.ServesAsync(model);
        _lane = _host.Services.GetRequiredService<InferenceLane>();
    }

    [Fact]
    public async Task Predict_with_a_full_queue_is_503_and_the_waiting_one_is_answered()
    {
        var turn = await _lane.EnterAsync(TestContext.Current.CancellationToken);
        var waiting = _host.PredictAsync(TestFilm.Png(1));
        await Eventually.HoldsAsync("one waits", () => _lane.Waiting == 1);

        using var refused = await _host.PostAsync(TestFilm.Png(2));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);

        turn!.Dispose();
        Assert.True((await waiting).Timing.QueueMs > 0);
    }

    [Fact]
    public async Task Predict_given_up_while_it_waits_is_not_computed()
    {
        var turn = await _lane.EnterAsync(TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource();
        using var content = new ByteArrayContent(TestFilm.Png(1)) { Headers = { ContentType = new("image/png") } };
        var abandoned = _host.Client.PostAsync(new Uri("/v1/predict", UriKind.Relative), content, patience.Token);
        await Eventually.HoldsAsync("it waits", () => _lane.Waiting == 1);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Eventually.HoldsAsync("its place is free", () => _lane.Waiting == 0);
        turn!.Dispose();

        var next = await _host.PredictAsync(TestFilm.Png(2));
        await Eventually.HoldsAsync("the next is logged", () => _controlPlane.Predictions.ContainsKey(next.Id));
        Assert.Equal([next.Id], _controlPlane.Predictions.Keys);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }
}
