using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.InferenceApi.Models;

namespace XrayMlOps.InferenceApi.Tests;

public sealed class ChampionTests : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;

    public async ValueTask InitializeAsync() => _controlPlane = await FakeControlPlane.StartAsync();

    [Fact]
    public async Task Host_without_a_champion_is_healthy_and_answers_503()
    {
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);

        using var predict = await host.PostAsync(TestFilm.Png(1));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, predict.StatusCode);
        Assert.NotNull(predict.Headers.RetryAfter);
        Assert.Contains("xray models promote", await predict.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "/v1/model"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health"));
    }

    [Fact]
    public async Task Requests_refused_at_the_same_time_each_get_a_trace_id_of_their_own()
    {
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);

        var refused = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            using var response = await host.PostAsync(TestFilm.Png(1));
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            return (response.StatusCode, TraceId: problem.GetProperty("traceId").GetString());
        }));

        Assert.All(refused, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode));
        Assert.Equal(refused.Length, refused.DistinctBy(answer => answer.TraceId).Count());
    }

    [Fact]
    public async Task Promotion_under_load_drops_no_request_and_each_answer_names_its_model()
    {
        const int promotions = 10;
        _controlPlane.Promote(Biased(0), 0);
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        await host.ServesAsync(_controlPlane.Promote(Biased(0), 0));
        var film = TestFilm.Png(0);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        using var swapped = new CancellationTokenSource();

        var clients = Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var sent = 0; sent < 125 || !swapped.IsCancellationRequested; sent++)
            {
                var prediction = await host.PredictAsync(film);
                Assert.Equal(Biased(prediction.Model.Version).Expected(0)[0], prediction.Probabilities["normal"], 1e-5);
                seen.AddOrUpdate(prediction.Model.Version, 1, (_, count) => count + 1);
            }
        }).ToArray();
        for (var version = 1; version <= promotions; version++) await host.ServesAsync(_controlPlane.Promote(Biased(version), version));
        Assert.Equal(promotions, (await host.PredictAsync(film)).Model.Version);
        await swapped.CancelAsync();
        await Task.WhenAll(clients);

        Assert.True(seen.Count > 2, $"only versions {string.Join(", ", seen.Keys)} answered");
        Assert.True(seen.Values.Sum() >= 500);
    }

    [Fact]
    public async Task Champion_with_another_digest_is_never_loaded()
    {
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        var good = _controlPlane.Promote(Biased(1), 1);
        await host.ServesAsync(good);
        var downloads = _controlPlane.BlobDownloads;

        // A whole and loadable model, but not the one that was promoted.
        var forged = _controlPlane.Promote(Biased(2), 2, stored: Biased(3).ToOnnx());
        await Eventually.HoldsAsync("the forged model is downloaded twice", () => _controlPlane.BlobDownloads >= downloads + 2);

        Assert.Equal(good, (await host.PredictAsync(TestFilm.Png(0))).Model);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health"));
        Assert.False(File.Exists(Path.Combine(_cache.Path, $"{forged.Digest}.onnx")));

        await host.ServesAsync(_controlPlane.Promote(Biased(4), 4));
    }

    [Fact]
    public async Task Champion_that_this_build_cannot_honour_never_replaces_a_good_one()
    {
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        var good = _controlPlane.Promote(Biased(1), 1);
        await host.ServesAsync(good);

        var bad = _controlPlane.Promote(new TinyModel { Preprocessing = new PreprocessingSpec { Height = 32, Width = 48, Interpolation = "lanczos" } }, 2);
        await Eventually.HoldsAsync("the bad model is here", () => File.Exists(Path.Combine(_cache.Path, $"{bad.Digest}.onnx")));

        Assert.Equal(good, (await host.PredictAsync(TestFilm.Png(0))).Model);
    }

    [Fact]
    public async Task Registry_away_while_serving_changes_nothing()
    {
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        var good = _controlPlane.Promote(Biased(1), 1);
        await host.ServesAsync(good);

        _controlPlane.Away = true;
        Assert.Equal(good, (await host.PredictAsync(TestFilm.Png(0))).Model);

        var next = _controlPlane.Promote(Biased(2), 2);
        _controlPlane.Away = false;
        await host.ServesAsync(next);
    }

    [Fact]
    public async Task Registry_away_at_the_start_serves_the_last_champion_from_the_cache()
    {
        var last = await ServeOnceAsync();
        _controlPlane.Away = true;

        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);

        await host.ServesAsync(last);
    }

    [Fact]
    public async Task Registry_away_at_the_start_and_a_damaged_cache_serves_nothing_until_it_is_back()
    {
        var last = await ServeOnceAsync();
        var file = Path.Combine(_cache.Path, $"{last.Digest}.onnx");
        await File.WriteAllBytesAsync(file, Biased(9).ToOnnx(), TestContext.Current.CancellationToken);
        _controlPlane.Away = true;
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        var champion = host.Services.GetRequiredService<ServedModels>().Champion;
        await Eventually.HoldsAsync("the damage is seen", () => champion.Problem is not null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "/v1/model"));

        _controlPlane.Away = false;

        await host.ServesAsync(last);
    }

    [Fact]
    public async Task Registry_in_the_same_process_is_found_without_an_address()
    {
        var model = _controlPlane.Promote(Biased(1), 1);
        await using var host = await InferenceHost.StartAsync(_cache, controlPlane: null, _controlPlane.Map);
        await host.ServesAsync(model);
    }

    [Fact]
    public async Task Looks_at_the_alias_ask_not_to_be_traced()
    {
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        await Eventually.HoldsAsync("it looks", () => _controlPlane.LookTraceParent is not null);
        Assert.EndsWith("-00", _controlPlane.LookTraceParent);
    }

    [Fact]
    public async Task Control_plane_below_a_path_is_found()
    {
        var model = _controlPlane.Promote(Biased(1), 1);
        await using var front = await InferenceHost.StartAsync(_cache, _controlPlane.Url, routes => _controlPlane.Map(routes.MapGroup("/registry")));
        await using var host = await InferenceHost.StartAsync(_cache, new Uri(front.Client.BaseAddress!, "registry"));
        await host.ServesAsync(model);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5080", "http://localhost:5080/")]
    [InlineData("http://[::]:5080", "http://localhost:5080/")]
    [InlineData("http://+:80", "http://localhost/")]
    [InlineData("http://127.0.0.1:5081", "http://127.0.0.1:5081/")]
    public void Own_address_can_be_called(string listening, string own) =>
        Assert.Equal(own, ControlPlane.ControlPlaneAddress.Own(["https://localhost:5443", listening]).ToString());

    public async ValueTask DisposeAsync()
    {
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }

    private async Task<ServedModel> ServeOnceAsync()
    {
        var model = _controlPlane.Promote(Biased(1), 1);
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        await host.ServesAsync(model);
        await Eventually.HoldsAsync("the champion is remembered", () => File.Exists(Path.Combine(_cache.Path, "chest-xray@champion.json")));
        return model;
    }

    /// <summary>A model whose answer to a black film tells its version.</summary>
    private static TinyModel Biased(int version) => new() { Bias = [version * 0.2f, 0, 0] };

    private static async Task<HttpStatusCode> StatusAsync(InferenceHost host, string path)
    {
        using var response = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
