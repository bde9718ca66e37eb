using System.Net;
using System.Net.Http.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Core.Preprocessing;

namespace XrayMlOps.InferenceApi.Tests;

public sealed class ServedModelsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;
    private InferenceHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        var champion = _controlPlane.Promote(Biased(1), 1);
        _host = await InferenceHost.StartAsync(_cache, _controlPlane.Url, null, ("Inference:MaxModels", "3"));
        await _host.ServesAsync(champion);
    }

    [Fact]
    public async Task Challenger_is_served_beside_the_champion_and_followed()
    {
        _controlPlane.Promote(Biased(2), 2, alias: "challenger");
        Assert.Equal(2, await VersionAsync("chest-xray@challenger"));
        Assert.Equal(1, await VersionAsync("chest-xray@champion"));
        Assert.Equal(1, await VersionAsync("chest-xray"));

        _controlPlane.Promote(Biased(3), 3, alias: "challenger");
        await Eventually.HoldsAsync("the new challenger is served", async () => await VersionAsync("chest-xray@challenger") == 3);
        Assert.Equal(1, await VersionAsync("chest-xray"));
    }

    [Fact]
    public async Task Bad_challenger_replaces_neither_the_champion_nor_the_challenger_before()
    {
        _controlPlane.Promote(Biased(2), 2, alias: "challenger");
        Assert.Equal(2, await VersionAsync("chest-xray@challenger"));

        _controlPlane.Promote(new TinyModel { Preprocessing = new PreprocessingSpec { Height = 32, Width = 48, Interpolation = "lanczos" } }, 3, alias: "challenger");
        await Eventually.HoldsAsync("its problem is seen", async () => (await ListAsync()).Models.Any(model => model.Problem?.Contains("lanczos", StringComparison.Ordinal) == true));
        Assert.Equal(2, await VersionAsync("chest-xray@challenger"));
    }

    [Fact]
    public async Task Model_that_was_never_good_is_503_with_the_reason()
    {
        _controlPlane.Promote(Biased(2), 2, stored: Biased(9).ToOnnx(), alias: "challenger");
        using var response = await _host.PostAsync(TestFilm.Png(0), path: "/v1/models/chest-xray@challenger/predict");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("chest-xray@challenger cannot be served", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chest-xray:9", HttpStatusCode.NotFound)]
    [InlineData("chest-xray@gone", HttpStatusCode.NotFound)]
    [InlineData("Chest X-ray", HttpStatusCode.BadRequest)]
    public async Task Model_that_is_not_there_is_no_server_error(string reference, HttpStatusCode status)
    {
        using var response = await _host.PostAsync(TestFilm.Png(0), path: $"/v1/models/{Uri.EscapeDataString(reference)}/predict");
        Assert.Equal(status, response.StatusCode);
        Assert.Single((await ListAsync()).Models);
    }

    [Fact]
    public async Task Version_of_the_champion_is_the_champion_s_session_and_another_is_looked_up_once()
    {
        Assert.Equal(1, await VersionAsync("chest-xray:1"));
        Assert.Single((await ListAsync()).Models);

        _controlPlane.Promote(Biased(2), 2, alias: "challenger");
        Assert.Equal(2, await VersionAsync("chest-xray:2"));
        _controlPlane.Away = true;
        Assert.Equal(2, await VersionAsync("chest-xray:2"));
    }

    [Fact]
    public async Task Least_asked_for_model_makes_room_but_never_the_champion()
    {
        for (var version = 2; version <= 5; version++)
        {
            _controlPlane.Promote(Biased(version), version, alias: $"candidate-{version}");
            Assert.Equal(version, await VersionAsync($"chest-xray@candidate-{version}"));
        }
        Assert.Equal(["chest-xray@champion", "chest-xray@candidate-4", "chest-xray@candidate-5"], (await ListAsync()).Models.Select(model => model.Reference));
        Assert.Equal(2, await VersionAsync("chest-xray@candidate-2"));
    }

    [Fact]
    public async Task Challenger_comes_from_the_cache_while_the_registry_is_away()
    {
        _controlPlane.Promote(Biased(2), 2, alias: "challenger");
        Assert.Equal(2, await VersionAsync("chest-xray@challenger"));
        _controlPlane.Away = true;
        await using var host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        Assert.Equal(2, (await host.PredictAsync(TestFilm.Png(0), "/v1/models/chest-xray@challenger/predict")).Model.Version);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }

    /// <summary>Which version answers; its answer must be its own.</summary>
    private async Task<int> VersionAsync(string reference)
    {
        var prediction = await _host.PredictAsync(TestFilm.Png(0), $"/v1/models/{reference}/predict");
        Assert.Equal(Biased(prediction.Model.Version).Expected(0)[0], prediction.Probabilities["normal"], 1e-5);
        return prediction.Model.Version;
    }

    private async Task<ServedModelsResponse> ListAsync() =>
        (await _host.Client.GetFromJsonAsync<ServedModelsResponse>("/v1/models", XrayJson.Compact, TestContext.Current.CancellationToken))!;

    private static TinyModel Biased(int version) => new() { Bias = [version * 0.2f, 0, 0] };
}
