using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Testing;

namespace XrayMlOps.InferenceApi.Tests;

public sealed class PredictionEndpointsTests : IAsyncLifetime
{
    private readonly TinyModel _model = new() { Weights = [4f, 0f, -4f], Bias = [-2f, 0.5f, 2f] };
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;
    private InferenceHost _host = null!;
    private ServedModel _served = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        _served = _controlPlane.Promote(_model, 1);
        _host = await InferenceHost.StartAsync(_cache, _controlPlane.Url, null, ("Inference:MaxBytes", "200000"), ("Inference:MaxFilms", "3"));
        await _host.ServesAsync(_served);
    }

    [Fact]
    public async Task Predict_film_answers_the_model_s_probabilities()
    {
        var film = TestFilm.Png(200, width: 120, height: 80);
        var prediction = await _host.PredictAsync(film);

        Assert.Equal(ImageLabel.Normal, prediction.Label);
        Assert.Equal(ImageLabels.Names, prediction.Probabilities.Keys);
        foreach (var (expected, actual) in _model.Expected(200 / 255.0).Zip(prediction.Probabilities.Values)) Assert.Equal(expected, actual, 1e-5);
        Assert.Equal(_served, prediction.Model);
        Assert.Equal(new FilmInput(Digest.Of(film), "png", 120, 80), prediction.Input);
        Assert.Null(prediction.File);
        Assert.True(prediction.Timing.TotalMs >= prediction.Timing.RunMs);
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("application/octet-stream")]
    public async Task Predict_tells_the_format_by_content(string contentType)
    {
        using var response = await _host.PostAsync(TestFilm.Jpeg(), contentType);
        var prediction = await ReadAsync<PredictionResponse>(response);
        Assert.Equal("jpeg", prediction.Input.Format);
    }

    [Fact]
    public async Task Predict_reads_a_dicom_as_it_reads_its_pixels()
    {
        var dicom = DicomFile.Of(96, 64, [.. Enumerable.Repeat(200, 96 * 64)]).IdentityWindow().Build();

        using var response = await _host.PostAsync(dicom, "application/dicom");
        var prediction = await ReadAsync<PredictionResponse>(response);

        Assert.Equal(new FilmInput(Digest.Of(dicom), "dicom", 96, 64), prediction.Input);
        Assert.Equal((await _host.PredictAsync(TestFilm.Png(200))).Probabilities, prediction.Probabilities);
    }

    [Fact]
    public async Task Limits_of_films_are_the_deployment_s()
    {
        using var cache = new TemporaryFolder();
        await using var strict = await InferenceHost.StartAsync(cache, _controlPlane.Url, null, ("Imaging:MaxSide", "90"));
        await strict.ServesAsync(_served);

        using var response = await strict.PostAsync(TestFilm.Png(200));

        Assert.Contains("a side of 90", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var problem = await Assert.ThrowsAsync<OptionsValidationException>(
            () => InferenceHost.StartAsync(cache, _controlPlane.Url, null, ("Imaging:MaxSide", "0")));
        Assert.Contains("MaxSide", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_explained_by_a_model_that_cannot_is_422()
    {
        using var response = await _host.PostAsync(TestFilm.Png(1), path: "/v1/predict?explain=true");
        Assert.Contains("carries no class activation", (await ProblemAsync(response, HttpStatusCode.UnprocessableEntity)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Predict_explained_gives_the_map_as_numbers_and_as_a_picture()
    {
        var model = _model with { Explains = true };
        await _host.ServesAsync(_controlPlane.Promote(model, 2));

        var plain = await _host.PredictAsync(TestFilm.Png(200));
        var prediction = await _host.PredictAsync(TestFilm.Png(200), "/v1/predict?explain=true");

        Assert.Null(plain.HeatMap);
        Assert.Equal(plain.Probabilities, prediction.Probabilities);
        var map = prediction.HeatMap!;
        Assert.Equal((ImageLabel.Normal, "class_activation_map", 4, 6), (map.Label, map.Method, map.Height, map.Width));
        Assert.Equal(24, map.Values.Count);
        Assert.All(map.Values, value => Assert.Equal(4 * 200 / 255.0, value, 1e-4));
        using var picture = SkiaSharp.SKBitmap.Decode(map.Overlay);
        Assert.Equal((48, 32), (picture.Width, picture.Height));
        Assert.NotEqual(picture.GetPixel(20, 20).Red, picture.GetPixel(20, 20).Blue);
    }

    [Theory]
    [InlineData("?timeoutMs=0", "1 to 600,000")]
    [InlineData("?timeoutMs=soon", "timeoutMs")]
    [InlineData("?explain=perhaps", "explain")]
    public async Task Predict_query_that_says_nothing_is_400(string query, string detail)
    {
        using var response = await _host.PostAsync(TestFilm.Png(1), path: $"/v1/predict{query}");
        Assert.Contains(detail, (await ProblemAsync(response, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Predict_multipart_with_a_bad_file_answers_the_others()
    {
        using var response = await PostPartsAsync(("dark.png", TestFilm.Png(0)), ("notes.txt", "no film"u8.ToArray()), ("bright.png", TestFilm.Png(255)));
        var parts = (await ReadAsync<PredictionsResponse>(response)).Predictions;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["dark.png", "notes.txt", "bright.png"], parts.Select(part => part.File));
        Assert.Equal([ImageLabel.Virus, null, ImageLabel.Normal], parts.Select(part => part.Prediction?.Label));
        Assert.Equal("bright.png", parts[2].Prediction!.File);
        Assert.Contains("unknown type", parts[1].Problem);
    }

    [Fact]
    public async Task Predict_multipart_with_bad_files_only_is_422()
    {
        using var response = await PostPartsAsync(("a.png", [1, 2, 3]), ("b.png", TestFilm.Png(9)[..50]));
        var problem = await ProblemAsync(response, HttpStatusCode.UnprocessableEntity);
        Assert.Contains("a.png: unknown type", problem.GetProperty("detail").GetString());
        Assert.Contains("b.png: truncated", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Predict_too_many_parts_is_400()
    {
        using var response = await PostPartsAsync([.. Enumerable.Range(0, 4).Select(n => ($"{n}.png", TestFilm.Png(0)))]);
        var problem = await ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains("more than 3 films", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("multipart/form-data", "names no boundary")]
    [InlineData("multipart/form-data; boundary=b", "cannot be read")]
    public async Task Predict_malformed_multipart_is_400(string contentType, string detail)
    {
        using var response = await _host.PostAsync("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nno end"u8.ToArray(), contentType);
        Assert.Contains(detail, (await ProblemAsync(response, HttpStatusCode.BadRequest)).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("image/gif")]
    public async Task Predict_other_content_type_is_415(string contentType)
    {
        using var response = await _host.PostAsync(TestFilm.Png(1), contentType);
        Assert.Contains(contentType, (await ProblemAsync(response, HttpStatusCode.UnsupportedMediaType)).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Predict_empty_body_is_400()
    {
        using var response = await _host.PostAsync([]);
        await ProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Predict_unreadable_film_is_422_with_the_reason()
    {
        using var response = await _host.PostAsync(TestFilm.Jpeg()[..200], "image/jpeg");
        var problem = await ProblemAsync(response, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("truncated", problem.GetProperty("reason").GetString());
        Assert.StartsWith("truncated: ", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Predict_body_over_the_limit_is_413(bool announced)
    {
        // Expecting 100-continue, so that the answer comes before the body is sent, or while it is.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/predict") { Content = new ByteArrayContent(new byte[200_001]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        request.Headers.ExpectContinue = announced;
        request.Headers.TransferEncodingChunked = !announced;
        using var response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Predict_log_line_says_what_the_answer_said()
    {
        var prediction = await _host.PredictAsync(TestFilm.Png(77));
        await Eventually.HoldsAsync("the prediction is logged", () => _controlPlane.Predictions.ContainsKey(prediction.Id));

        var line = _controlPlane.Predictions[prediction.Id];
        Assert.Equal((_served.Name, _served.Version, _served.Digest, _served.PreprocessingHash), (line.Model, line.Version, line.ModelDigest, line.PreprocessingHash));
        Assert.Equal((prediction.Input.Digest, prediction.Label, prediction.Timing.TotalMs), (line.InputDigest, line.Label, line.LatencyMs));
        Assert.Equal(prediction.Probabilities.Values, line.Probabilities);
    }

    [Fact]
    public async Task Feedback_right_after_the_prediction_is_known()
    {
        for (var repeat = 0; repeat < 20; repeat++)
        {
            var prediction = await _host.PredictAsync(TestFilm.Png(0));
            using var response = await _host.SendFeedbackAsync(new FeedbackRequest(prediction.Id, ImageLabel.Virus));
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            Assert.True((await ReadAsync<FeedbackResponse>(response)).Correct);
        }
    }

    [Fact]
    public async Task Feedback_for_an_unknown_prediction_is_404()
    {
        using var response = await _host.SendFeedbackAsync(new FeedbackRequest(Guid.Empty, ImageLabel.Virus));
        await ProblemAsync(response, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Feedback_while_the_registry_is_away_is_502()
    {
        _controlPlane.Away = true;
        using var response = await _host.SendFeedbackAsync(new FeedbackRequest(Guid.Empty, ImageLabel.Virus));
        await ProblemAsync(response, HttpStatusCode.BadGateway);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }

    private async Task<HttpResponseMessage> PostPartsAsync(params (string Name, byte[] Content)[] files)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in files) form.Add(new ByteArrayContent(content), "films", name);
        return await _host.Client.PostAsync(new Uri("/v1/predict", UriKind.Relative), form, TestContext.Current.CancellationToken);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<T>(XrayJson.Compact, TestContext.Current.CancellationToken))!;

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return await ReadAsync<JsonElement>(response);
    }
}
