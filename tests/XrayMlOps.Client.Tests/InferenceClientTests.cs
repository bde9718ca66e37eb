using XrayMlOps.InferenceApi.Tests;

namespace XrayMlOps.Client.Tests;

public sealed class InferenceClientTests : IAsyncLifetime
{
    private readonly TinyModel _model = new() { Weights = [4f, 0f, -4f], Bias = [-2f, 0.5f, 2f], Explains = true };
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;
    private InferenceHost _host = null!;
    private InferenceClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        var served = _controlPlane.Promote(_model, 1);
        _host = await InferenceHost.StartAsync(_cache, _controlPlane.Url);
        await _host.ServesAsync(served);
        _client = new InferenceClient(_host.Client);
    }

    [Fact]
    public async Task Prediction_is_the_champion_s()
    {
        var prediction = await _client.PredictAsync(Film(200), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(ImageLabel.Normal, prediction.Label);
        Assert.Equal(_model.Expected(200 / 255.0)[0], prediction.Probabilities["normal"], 1e-5);
        Assert.Equal(await _client.GetServedModelAsync(TestContext.Current.CancellationToken), prediction.Model);
        Assert.Equal(("png", 96, 64), (prediction.Input.Format, prediction.Input.Width, prediction.Input.Height));
        Assert.Null(prediction.HeatMap);
        Assert.Null(prediction.OperatingPoint);
    }

    [Fact]
    public async Task Explained_prediction_carries_its_heat_map()
    {
        var prediction = await _client.PredictAsync(Film(200), explain: true, timeoutMs: 60_000, TestContext.Current.CancellationToken);

        var map = prediction.HeatMap!;
        Assert.Equal(ImageLabel.Normal, map.Label);
        Assert.Equal(map.Height * map.Width, map.Values.Count);
        Assert.True(map.Overlay.AsSpan(1).StartsWith("PNG"u8));
    }

    [Fact]
    public async Task Prediction_of_another_alias_is_that_model_s()
    {
        _controlPlane.Promote(_model with { Bias = [0f, 9f, 0f] }, 2, alias: "challenger");

        var prediction = await _client.PredictWithAsync("chest-xray@challenger", Film(0), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((ImageLabel.Bacteria, 2), (prediction.Label, prediction.Model.Version));
        var models = (await _client.ListServedModelsAsync(TestContext.Current.CancellationToken)).Models;
        Assert.Equal(["chest-xray@champion", "chest-xray@challenger"], models.Select(model => model.Reference));
        Assert.Equal([1, 2], models.Select(model => model.Model?.Version));
        Assert.All(models, model => Assert.Null(model.Problem));
    }

    [Fact]
    public async Task Several_films_are_answered_one_by_one()
    {
        FileParameter[] films = [new(Film(0), "dark.png"), new(new MemoryStream("no film"u8.ToArray()), "notes.txt")];

        var parts = (await _client.PredictManyAsync(films, cancellationToken: TestContext.Current.CancellationToken)).Predictions;

        Assert.Equal(["dark.png", "notes.txt"], parts.Select(part => part.File));
        Assert.Equal(ImageLabel.Virus, parts[0].Prediction!.Label);
        Assert.Null(parts[1].Prediction);
        Assert.NotNull(parts[1].Problem);
    }

    [Fact]
    public async Task Unreadable_film_is_an_exception_that_says_why()
    {
        var refusal = await Assert.ThrowsAsync<ApiException<ProblemDetails>>(
            () => _client.PredictAsync(new MemoryStream("no film"u8.ToArray()), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(422, refusal.StatusCode);
        Assert.Equal(("The film cannot be read", "unknownType"), (refusal.Result.Title, refusal.Result.Reason));
        Assert.Equal($"{refusal.Result.Title}: {refusal.Result.Detail}", refusal.Message);
        Assert.Null(refusal.RetryAfter);
    }

    [Fact]
    public async Task Host_without_a_champion_says_when_to_try_again()
    {
        using var cache = new TemporaryFolder();
        await using var registry = await FakeControlPlane.StartAsync();
        await using var host = await InferenceHost.StartAsync(cache, registry.Url);

        var refusal = await Assert.ThrowsAsync<ApiException<ProblemDetails>>(
            () => new InferenceClient(host.Client).PredictAsync(Film(0), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal((503, TimeSpan.FromSeconds(5)), (refusal.StatusCode, refusal.RetryAfter));
        Assert.Equal("The model is not served", refusal.Problem!.Title);
    }

    [Fact]
    public async Task Feedback_says_whether_the_prediction_was_right()
    {
        var prediction = await _client.PredictAsync(Film(200), cancellationToken: TestContext.Current.CancellationToken);

        var feedback = await _client.SendFeedbackAsync(
            new FeedbackRequest { PredictionId = prediction.Id, Label = ImageLabel.Virus, By = "a radiologist" }, TestContext.Current.CancellationToken);

        Assert.Equal((ImageLabel.Normal, ImageLabel.Virus, false), (feedback.Predicted, feedback.Label, feedback.Correct));
    }

    [Fact]
    public async Task Feedback_that_the_registry_does_not_take_is_an_exception()
    {
        var feedback = new FeedbackRequest { PredictionId = Guid.Empty, Label = ImageLabel.Normal };
        var unknown = await Assert.ThrowsAsync<ApiException<ProblemDetails>>(() => _client.SendFeedbackAsync(feedback, TestContext.Current.CancellationToken));
        Assert.Equal(404, unknown.StatusCode);

        _controlPlane.Away = true;
        var away = await Assert.ThrowsAsync<ApiException<ProblemDetails>>(() => _client.SendFeedbackAsync(feedback, TestContext.Current.CancellationToken));
        Assert.Equal((502, "The registry is away"), (away.StatusCode, away.Result.Title));
    }

    [Fact]
    public async Task Request_can_be_given_up()
    {
        _controlPlane.Silent = true;
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _client.SendFeedbackAsync(new FeedbackRequest { PredictionId = Guid.Empty, Label = ImageLabel.Normal }, impatient.Token));
        _controlPlane.Silent = false;
    }

    [Fact]
    public async Task Answer_of_something_else_is_an_exception_without_a_problem()
    {
        _controlPlane.Away = true;
        using var elsewhere = new HttpClient { BaseAddress = _controlPlane.Url };

        var refusal = await Assert.ThrowsAsync<ApiException>(() => new InferenceClient(elsewhere).GetServedModelAsync(TestContext.Current.CancellationToken));

        Assert.Equal(503, refusal.StatusCode);
        Assert.Null(refusal.Problem);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }

    private static MemoryStream Film(byte gray) => new(TestFilm.Png(gray));
}
