using System.Net;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.Inference;
using XrayMlOps.Inference.Scheduling;
using XrayMlOps.Inference.Tests.Scheduling;
using XrayMlOps.InferenceApi.Models;

namespace XrayMlOps.InferenceApi.Tests;

/// <summary>A host with one thread, which a film holds until it is let go, and room for one film to wait.</summary>
public sealed class BackpressureTests : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;
    private InferenceHost _host = null!;
    private InferenceEngine _engine = null!;
    private ModelLease _lease = null!;
    private OccupiedThread _thread = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        var model = _controlPlane.Promote(new TinyModel(), 1);
        _host = await InferenceHost.StartAsync(
            _cache, _controlPlane.Url, null, ("Inference:Concurrency", "1"), ("Inference:QueueLimit", "1"), ("Inference:LongestWaitMs", "600000"));
        await _host.ServesAsync(model);
        _engine = _host.Services.GetRequiredService<InferenceEngine>();
        _lease = _host.Services.GetRequiredService<ServedModels>().Champion.Acquire()!;
        _thread = await OccupiedThread.OfAsync(_engine, _lease.Session);
    }

    [Theory]
    [InlineData("/v1/predict")]
    [InlineData("/v2/models/chest-xray/infer")]
    public async Task Predict_with_a_full_queue_is_503_and_the_waiting_one_is_answered(string path)
    {
        var waiting = _host.PredictAsync(TestFilm.Png(1));
        await Eventually.HoldsAsync("one waits", () => _engine.Waiting == 1);

        using var refused = await _host.PostAsync(TestFilm.Png(2), path: path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Contains("Too many films", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        _thread.LetGo();
        Assert.True((await waiting).Timing.QueueMs > 0);
    }

    [Fact]
    public async Task Predict_given_up_while_it_waits_is_not_computed()
    {
        using var patience = new CancellationTokenSource();
        using var content = new ByteArrayContent(TestFilm.Png(1)) { Headers = { ContentType = new("image/png") } };
        var abandoned = _host.Client.PostAsync(new Uri("/v1/predict", UriKind.Relative), content, patience.Token);
        await Eventually.HoldsAsync("it waits", () => _engine.Waiting == 1);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        // The server hears of it a moment later than the client.
        await Task.Delay(200, TestContext.Current.CancellationToken);
        _thread.LetGo();
        await _thread.Scoring;

        var next = await _host.PredictAsync(TestFilm.Png(2));
        await Eventually.HoldsAsync("the next is logged", () => _controlPlane.Predictions.ContainsKey(next.Id));
        Assert.Equal([next.Id], _controlPlane.Predictions.Keys);
    }

    [Fact]
    public async Task Predict_whose_time_is_over_while_it_waits_is_503_and_not_computed()
    {
        var late = _host.PostAsync(TestFilm.Png(1), path: "/v1/predict?timeoutMs=50");
        await Eventually.HoldsAsync("it waits", () => _engine.Waiting == 1);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        _thread.LetGo();

        using var refused = await late;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Empty(_controlPlane.Predictions);
    }

    public async ValueTask DisposeAsync()
    {
        _thread.LetGo();
        Assert.Equal(FilmOutcome.Scored, await _thread.Scoring);
        await _thread.DisposeAsync();
        _lease.Dispose();
        await _host.DisposeAsync();
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }
}
