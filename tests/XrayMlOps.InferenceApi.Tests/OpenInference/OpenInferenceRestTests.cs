using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.InferenceApi.Tests.OpenInference;

public sealed class OpenInferenceRestTests : IAsyncLifetime
{
    private readonly TinyModel _model = new() { Weights = [4f, 0f, -4f], Bias = [-2f, 0.5f, 2f] };
    private readonly TemporaryFolder _cache = new();
    private FakeControlPlane _controlPlane = null!;
    private InferenceHost _host = null!;
    private ServedModel _served = null!;

    public async ValueTask InitializeAsync()
    {
        _controlPlane = await FakeControlPlane.StartAsync();
        _served = _controlPlane.Promote(_model, 3);
        _host = await InferenceHost.StartAsync(_cache, _controlPlane.Url, null, ("Inference:MaxFilms", "8"), ("Inference:MaxBytes", "1000000"));
        await _host.ServesAsync(_served);
    }

    [Fact]
    public async Task Infer_binary_tensors_answers_each_film_in_binary()
    {
        var answer = await AnswerAsync(TensorRequest.Binary(TensorRequest.Films(3), TensorRequest.Gray(0, 128, 255)));

        Assert.Equal("chest-xray", answer.Json.GetProperty("model_name").GetString());
        Assert.Equal("3", answer.Json.GetProperty("model_version").GetString());
        Assert.Equal("7", answer.Json.GetProperty("id").GetString());
        Assert.Equal(_served.Digest, answer.Json.GetProperty("parameters").GetProperty("digest").GetString());
        AssertProbabilities(answer.Floats("probabilities"), 0, 128, 255);
        Assert.Equal(["virus", "bacteria", "normal"], answer.Texts("label"));
        Assert.Equal([3, 3], answer.Output("probabilities").GetProperty("shape").EnumerateArray().Select(length => length.GetInt32()));
        var ids = answer.Texts("prediction_id").Select(Guid.Parse).ToArray();
        await Eventually.HoldsAsync("the films are logged", () => ids.All(_controlPlane.Predictions.ContainsKey));
        Assert.Equal(ImageLabel.Bacteria, _controlPlane.Predictions[ids[1]].Label);
    }

    [Fact]
    public async Task Infer_json_tensors_answers_in_json()
    {
        var input = TensorRequest.Films(2);
        // Nested as the shape, or flat: both are allowed.
        input["data"] = new JsonArray([.. Enumerable.Range(0, 2).Select(film => new JsonArray([.. Enumerable.Repeat(film, 32 * 48).Select(value => JsonValue.Create(value))]))]);
        var answer = await AnswerAsync(TensorRequest.Json(new JsonObject { ["inputs"] = new JsonArray(input), ["more"] = new JsonObject { ["a"] = new JsonArray(1, 2) } }));

        AssertProbabilities(answer.Floats("probabilities"), 0, 255);
        Assert.Equal(["virus", "normal"], answer.Texts("label"));
        Assert.False(answer.Json.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task Infer_grey_tensors_answers_as_their_quotients_by_255()
    {
        byte[] greys = [0, 1, 77, 128, 254, 255];
        var floats = await AnswerAsync(TensorRequest.Binary(TensorRequest.Films(6), TensorRequest.Gray(greys)));
        var binary = await AnswerAsync(TensorRequest.Binary(TensorRequest.Films(6, "UINT8"), TensorRequest.GreyBytes(greys)));
        var input = TensorRequest.Films(6, "UINT8");
        input["data"] = new JsonArray([.. TensorRequest.GreyBytes(greys).Select(grey => JsonValue.Create(grey))]);
        var json = await AnswerAsync(TensorRequest.Json(new JsonObject { ["inputs"] = new JsonArray(input) }));

        Assert.Equal(floats.Floats("probabilities"), binary.Floats("probabilities"));
        Assert.Equal(floats.Floats("probabilities"), json.Floats("probabilities"));
        Guid[] ids = [Guid.Parse(floats.Texts("prediction_id")[2]), Guid.Parse(binary.Texts("prediction_id")[2]), Guid.Parse(json.Texts("prediction_id")[2])];
        await Eventually.HoldsAsync("the films are logged", () => ids.All(_controlPlane.Predictions.ContainsKey));
        Assert.Single(ids.Select(id => _controlPlane.Predictions[id].InputDigest).Distinct());
    }

    [Fact]
    public async Task Infer_encoded_films_answers_as_predict_does()
    {
        byte[][] films = [TestFilm.Png(200), TestFilm.Jpeg(300, 200)];
        var binary = await AnswerAsync(TensorRequest.Binary(TensorRequest.Images(2), TensorRequest.Encoded(films)));
        var input = TensorRequest.Images(2);
        input["data"] = new JsonArray([.. films.Select(film => JsonValue.Create(Convert.ToBase64String(film)))]);
        var json = await AnswerAsync(TensorRequest.Json(new JsonObject { ["inputs"] = new JsonArray(input) }));

        var direct = new List<float>();
        foreach (var film in films) direct.AddRange((await _host.PredictAsync(film)).Probabilities.Values);
        Assert.Equal(direct, binary.Floats("probabilities"));
        Assert.Equal(direct, json.Floats("probabilities"));
    }

    [Fact]
    public async Task Infer_gives_the_outputs_that_are_asked_for_in_the_form_that_is_asked_for()
    {
        var outputs = new JsonArray(
            new JsonObject { ["name"] = "label" },
            new JsonObject { ["name"] = "probabilities", ["parameters"] = new JsonObject { ["binary_data"] = true } });
        var answer = await AnswerAsync(TensorRequest.Binary(TensorRequest.Films(1), TensorRequest.Gray(255), outputs: outputs));

        Assert.Equal(["label", "probabilities"], answer.Json.GetProperty("outputs").EnumerateArray().Select(output => output.GetProperty("name").GetString()));
        Assert.True(answer.Output("label").TryGetProperty("data", out _));
        AssertProbabilities(answer.Floats("probabilities"), 255);
    }

    [Fact]
    public async Task Infer_gives_the_class_activation_only_where_it_is_asked_for()
    {
        await _host.ServesAsync(_controlPlane.Promote(_model with { Explains = true }, 4));
        var plain = await AnswerAsync(TensorRequest.Binary(TensorRequest.Films(1), TensorRequest.Gray(255)));
        Assert.DoesNotContain(plain.Json.GetProperty("outputs").EnumerateArray(), output => output.GetProperty("name").GetString() == "class_activation");

        foreach (var isBinary in (bool[])[true, false])
        {
            var outputs = new JsonArray(new JsonObject { ["name"] = "class_activation", ["parameters"] = new JsonObject { ["binary_data"] = isBinary } });
            var answer = await AnswerAsync(TensorRequest.Binary(TensorRequest.Films(2), TensorRequest.Gray(0, 255), outputs: outputs));
            Assert.Equal([2, 3, 4, 6], answer.Output("class_activation").GetProperty("shape").EnumerateArray().Select(length => length.GetInt32()));
            var map = answer.Floats("class_activation");
            Assert.All(map[..24], value => Assert.Equal(0, value));
            Assert.All(map[72..96], value => Assert.Equal(4, value, 1e-4));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Infer_compressed_body_is_undone(string encoding)
    {
        using var plain = TensorRequest.Binary(TensorRequest.Films(1), TensorRequest.Gray(128));
        using var compressed = new MemoryStream();
        await using (Stream stream = encoding == "gzip" ? new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true) : new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            await plain.Content!.CopyToAsync(stream, TestContext.Current.CancellationToken);
        using var request = TensorRequest.Raw(compressed.ToArray(), plain.Headers.GetValues(TensorRequest.HeaderLength).Single());
        request.Content!.Headers.ContentEncoding.Add(encoding);

        AssertProbabilities((await AnswerAsync(request)).Floats("probabilities"), 128);
    }

    [Fact]
    public async Task Infer_compressed_body_that_grows_beyond_the_limit_is_413()
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(new byte[2_000_000], TestContext.Current.CancellationToken);
        using var request = TensorRequest.Raw(compressed.ToArray(), null);
        request.Content!.Headers.ContentEncoding.Add("gzip");
        await RefusalAsync(request, HttpStatusCode.RequestEntityTooLarge, "larger than 1000000 bytes");
    }

    private const string EndOfJson = "";

    public static TheoryData<string, string?, string> Malformed => new()
    {
        { "", null, "The JSON cannot be read" },
        { "[]", null, "must be an object" },
        { "{\"id\":\"\\uD800\"}", null, "The JSON cannot be read" },
        { "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"\\uD800\"]}]}", null, "Input 'images'" },
        { "{\"inputs\":[]}", null, "There are 0 inputs" },
        { "{\"inputs\":[{\"name\":\"pictures\"}]}", null, "no input 'pictures'" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP32\",\"shape\":[1,1,32,32]}]}", null, "it must be FP32 or UINT8 [N, 1, 32, 48]" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP64\",\"shape\":[1,1,32,48]}]}", null, "is FP64 [1, 1, 32, 48]" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP32\",\"shape\":[9,1,32,48]}]}", null, "1 to 8 are allowed" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP32\",\"shape\":[1,1,32,48]}]}", null, "neither data nor a binary_data_size" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP32\",\"shape\":[1,1,32,48],\"data\":[1,2]}]}", null, "fewer elements" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP32\",\"shape\":[1,1,32,48],\"data\":[\"x\"]}]}", null, "element 0 of film 1 is no number" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"UINT8\",\"shape\":[1,1,32,48],\"data\":[256]}]}", null, "element 0 of film 1 is no whole number from 0 to 255" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"UINT8\",\"shape\":[1,1,32,48],\"data\":[0.5]}]}", null, "element 0 of film 1 is no whole number from 0 to 255" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"UINT8\",\"shape\":[1,1,32,48],\"parameters\":{\"binary_data_size\":6144}}]}", EndOfJson, "has 6144 bytes; 1 films are 1536" },
        { "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"?\"]}]}", null, "no base64 text" },
        { "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"AAAA\"]}]}", null, "Film 1 cannot be read: unknown type" },
        { "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[]}]}", null, "fewer elements" },
        { "{\"outputs\":[{\"name\":\"weights\"}]}", null, "no output 'weights'" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP32\",\"shape\":[1,1,32,48],\"parameters\":{\"binary_data_size\":6144}}]}", null, "nothing says where the JSON ends" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP32\",\"shape\":[1,1,32,48],\"parameters\":{\"binary_data_size\":12}}]}", EndOfJson, "has 12 bytes; 1 films are 6144" },
        { "{\"inputs\":[{\"name\":\"films\",\"datatype\":\"FP32\",\"shape\":[1,1,32,48],\"parameters\":{\"binary_data_size\":6144}}]}", EndOfJson, "shorter than its JSON and tensors say" },
        { "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":{\"binary_data_size\":3}}]}abc", EndOfJson, "ends within film 1" },
        { "{}", "many", "Inference-Header-Content-Length is 'many'" },
        { "{}", "9", "shorter" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Infer_malformed_request_says_what_is_wrong_in_the_protocol_s_form(string body, string? headerLength, string reason)
    {
        if (headerLength == EndOfJson) headerLength = $"{body.LastIndexOf('}') + 1}";
        using var request = TensorRequest.Raw(Encoding.UTF8.GetBytes(body), headerLength);
        await RefusalAsync(request, null, reason);
    }

    [Fact]
    public async Task Infer_tensor_without_numbers_is_422()
    {
        using var request = TensorRequest.Binary(TensorRequest.Films(1), [.. Enumerable.Repeat(BitConverter.GetBytes(float.NaN), 32 * 48).SelectMany(bytes => bytes)]);
        await RefusalAsync(request, HttpStatusCode.UnprocessableEntity, "not a number");
    }

    [Theory]
    [InlineData("/v2/models/nothing/infer", HttpStatusCode.ServiceUnavailable, "no champion of 'nothing'")]
    [InlineData("/v2/models/chest-xray/versions/9/infer", HttpStatusCode.NotFound, "no chest-xray:9")]
    [InlineData("/v2/models/chest-xray/versions/new/infer", HttpStatusCode.BadRequest, "names no model")]
    [InlineData("/v2/models/chest-xray%40gone/infer", HttpStatusCode.NotFound, "no chest-xray@gone")]
    public async Task Infer_with_another_model_than_there_is_says_so(string path, HttpStatusCode status, string reason)
    {
        using var request = TensorRequest.Binary(TensorRequest.Films(1), TensorRequest.Gray(0), path);
        await RefusalAsync(request, status, reason);
    }

    [Fact]
    public async Task Infer_with_an_alias_or_a_version_loads_it()
    {
        var other = new TinyModel { Bias = [1f, 0, 0] };
        _controlPlane.Promote(other, 4, alias: "challenger");
        foreach (var path in (string[])["/v2/models/chest-xray%40challenger/infer", "/v2/models/chest-xray/versions/4/infer"])
        {
            var answer = await AnswerAsync(TensorRequest.Binary(TensorRequest.Films(1), TensorRequest.Gray(0), path));
            Assert.Equal("4", answer.Json.GetProperty("model_version").GetString());
            Assert.Equal(other.Expected(0)[0], answer.Floats("probabilities")[0], 1e-5);
        }
    }

    [Theory]
    [InlineData("/v2", "name", "\"xraymlops\"")]
    [InlineData("/v2", "extensions", """["binary_tensor_data","model_repository"]""")]
    [InlineData("/v2/health/live", "live", "true")]
    [InlineData("/v2/health/ready", "ready", "true")]
    [InlineData("/v2/models/chest-xray/ready", "ready", "true")]
    [InlineData("/v2/models/chest-xray/versions/3/ready", "name", "\"chest-xray\"")]
    [InlineData("/v2/models/chest-xray", "versions", "[\"3\"]")]
    [InlineData("/v2/models/chest-xray", "inputs", """[{"name":"films","datatype":"FP32","shape":[-1,1,32,48]},{"name":"images","datatype":"BYTES","shape":[-1]}]""")]
    public async Task Descriptions_are_the_protocol_s(string path, string member, string value)
    {
        using var response = await _host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(value, json.RootElement.GetProperty(member).GetRawText());
    }

    [Fact]
    public async Task Index_lists_what_is_served()
    {
        _controlPlane.Promote(new TinyModel { Bias = [1f, 0, 0] }, 4, alias: "challenger");
        await _host.PredictAsync(TestFilm.Png(1), "/v1/models/chest-xray@challenger/predict");
        using var response = await _host.Client.PostAsync(new Uri("/v2/repository/index", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(
            """[{"name":"chest-xray","version":"3","state":"READY","reason":""},{"name":"chest-xray@challenger","version":"4","state":"READY","reason":""}]""",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Ready_without_a_champion_is_503()
    {
        using var cache = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        await using var host = await InferenceHost.StartAsync(cache, plane.Url);
        using var response = await host.Client.GetAsync(new Uri("/v2/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("""{"ready":false}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _controlPlane.DisposeAsync();
        _cache.Dispose();
    }

    private async Task<TensorAnswer> AnswerAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return await TensorAnswer.ReadAsync(response);
        }
    }

    private async Task RefusalAsync(HttpRequestMessage request, HttpStatusCode? status, string reason)
    {
        using var response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(["error"], json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Contains(reason, json.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.InRange((int)response.StatusCode, 400, 503);
        if (status is not null) Assert.Equal(status, response.StatusCode);
    }

    private void AssertProbabilities(float[] actual, params byte[] grays)
    {
        var expected = grays.SelectMany(gray => _model.Expected(gray / 255.0)).ToArray();
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (one, other) in expected.Zip(actual)) Assert.Equal(one, other, 1e-5);
    }
}
