using System.Diagnostics;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.InferenceApi.Tests;

public sealed class PredictionLogTests : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;

    public async ValueTask InitializeAsync() => _controlPlane = await FakeControlPlane.StartAsync();

    [Fact]
    public async Task Predictions_made_while_the_registry_is_away_are_delivered_when_it_is_back()
    {
        await using var host = await StartAsync();
        _controlPlane.Away = true;
        List<Guid> made = [];
        for (var film = 0; film < 30; film++) made.Add((await host.PredictAsync(TestFilm.Png((byte)film))).Id);
        Assert.Empty(_controlPlane.Predictions);

        _controlPlane.Away = false;

        await Eventually.HoldsAsync("all are delivered", () => made.TrueForAll(_controlPlane.Predictions.ContainsKey));
    }

    [Fact]
    public async Task Predictions_do_not_wait_for_a_registry_that_never_answers()
    {
        await using var host = await StartAsync();
        _controlPlane.Silent = true;

        // Were one of them to wait for the registry, it would never be answered.
        for (var film = 0; film < 30; film++) await host.PredictAsync(TestFilm.Png(3));

        Assert.Empty(_controlPlane.Predictions);
        _controlPlane.Silent = false;
    }

    [Fact]
    public async Task Log_that_is_full_keeps_the_newest()
    {
        await using var host = await StartAsync(("Inference:LogCapacity", "5"), ("Inference:LogBatch", "1"));
        _controlPlane.Away = true;
        List<Guid> made = [];
        for (var film = 0; film < 20; film++) made.Add((await host.PredictAsync(TestFilm.Png(3))).Id);

        _controlPlane.Away = false;

        await Eventually.HoldsAsync("the newest are delivered", () => made.TakeLast(5).All(_controlPlane.Predictions.ContainsKey));
        // The five, and one that may have been on its way when the log overflowed.
        Assert.InRange(_controlPlane.Predictions.Count, 5, 6);
    }

    [Fact]
    public async Task Host_that_stops_delivers_what_it_has()
    {
        await using var host = await StartAsync(("Inference:LogSeconds", "60"));
        var made = (await host.PredictAsync(TestFilm.Png(3))).Id;
        Assert.Empty(_controlPlane.Predictions);

        await host.StopAsync();

        Assert.Equal([made], _controlPlane.Predictions.Keys);
    }

    [Fact]
    public async Task Host_that_stops_with_the_registry_in_its_own_process_delivers_what_it_has()
    {
        var model = _controlPlane.Promote(new TinyModel(), 1);
        await using var host = await InferenceHost.StartAsync(_cache, controlPlane: null, _controlPlane.Map, ("Inference:LogSeconds", "60"));
        await host.ServesAsync(model);
        var made = (await host.PredictAsync(TestFilm.Png(3))).Id;

        await host.StopAsync();

        Assert.Equal([made], _controlPlane.Predictions.Keys);
    }

    [Fact]
    public async Task Predictions_that_a_host_left_behind_are_delivered_by_the_next()
    {
        var model = _controlPlane.Promote(new TinyModel(), 1);
        Dictionary<Guid, PredictionResponse> made = [];
        // What a process that is killed leaves: it has no time for farewells. Each host has its files to itself.
        using TemporaryFolder killed = new();
        await using (var host = await StartAsync())
        {
            _controlPlane.Away = true;
            for (var film = 0; film < 5; film++)
            {
                var prediction = await host.PredictAsync(TestFilm.Png((byte)film));
                made.Add(prediction.Id, prediction);
            }
            using var copy = Process.Start("cp", ["-r", $"{_cache.Path}/.", killed.Path]); // which heeds no locks
            await copy.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        var journal = Directory.EnumerateFiles(killed.Path, "predictions-*.log").Single();
        await File.AppendAllTextAsync(journal, """{"id":"0199""", TestContext.Current.CancellationToken); // it was killed while it wrote
        _controlPlane.Away = false;

        await using var next = await InferenceHost.StartAsync(killed, _controlPlane.Url);
        await next.ServesAsync(model);

        await Eventually.HoldsAsync("all are delivered", () => made.Keys.All(_controlPlane.Predictions.ContainsKey));
        foreach (var (id, prediction) in made)
        {
            var record = _controlPlane.Predictions[id];
            Assert.Equal(
                (prediction.Label, prediction.Input.Digest, prediction.Input.Width, prediction.Input.Height, prediction.Model),
                (record.Label, record.InputDigest, record.Width, record.Height, new ServedModel(record.Model, record.Version, record.ModelDigest, record.PreprocessingHash)));
            Assert.Equal(prediction.Probabilities.Values.Order(), record.Probabilities.Order());
            Assert.True(record.LatencyMs > 0);
        }
        await Eventually.HoldsAsync("nothing is kept any longer", () => !Directory.EnumerateFiles(killed.Path, "predictions-*.log").Any());
    }

    [Fact]
    public async Task Predictions_are_kept_no_longer_than_the_registry_needs()
    {
        await using var host = await StartAsync();
        for (var film = 0; film < 5; film++) await host.PredictAsync(TestFilm.Png((byte)film));

        await Eventually.HoldsAsync("nothing is kept", () => _controlPlane.Predictions.Count == 5 && !Directory.EnumerateFiles(_cache.Path, "predictions-*.log").Any());
    }

    public async ValueTask DisposeAsync()
    {
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }

    private async Task<InferenceHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var model = _controlPlane.Promote(new TinyModel(), 1);
        var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url, null, settings);
        await host.ServesAsync(model);
        return host;
    }
}
