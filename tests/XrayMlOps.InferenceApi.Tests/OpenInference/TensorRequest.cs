using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace XrayMlOps.InferenceApi.Tests.OpenInference;

/// <summary>Requests and answers of the Open Inference Protocol over REST, as Triton's HTTP client writes and reads them.</summary>
internal static class TensorRequest
{
    public const string Infer = "/v2/models/chest-xray/infer";
    public const string HeaderLength = "Inference-Header-Content-Length";

    public static JsonObject Films(int count, string datatype = "FP32") => new() { ["name"] = "films", ["shape"] = new JsonArray(count, 1, 32, 48), ["datatype"] = datatype };

    public static JsonObject Images(int count) => new() { ["name"] = "images", ["shape"] = new JsonArray(count), ["datatype"] = "BYTES" };

    /// <summary>As FP32.</summary>
    public static byte[] Gray(params byte[] grays) => MemoryMarshal.AsBytes<float>(GreyBytes(grays).Select(gray => gray / 255f).ToArray()).ToArray();

    /// <summary>As UINT8.</summary>
    public static byte[] GreyBytes(params byte[] greys) => [.. greys.SelectMany(grey => Enumerable.Repeat(grey, 32 * 48))];

    public static byte[] Encoded(params byte[][] films) => [.. films.SelectMany(film => (byte[])[.. BitConverter.GetBytes(film.Length), .. film])];

    /// <summary>JSON, then the tensor.</summary>
    public static HttpRequestMessage Binary(JsonObject input, byte[] tensor, string path = Infer, JsonArray? outputs = null, JsonObject? parameters = null)
    {
        input["parameters"] = new JsonObject { ["binary_data_size"] = tensor.Length };
        parameters ??= [];
        if (outputs is null) parameters["binary_data_output"] = true;
        var request = new JsonObject { ["id"] = "7", ["inputs"] = new JsonArray(input), ["parameters"] = parameters };
        if (outputs is not null) request["outputs"] = outputs;
        var json = Encoding.UTF8.GetBytes(request.ToJsonString());
        return Raw([.. json, .. tensor], json.Length.ToString(CultureInfo.InvariantCulture), path);
    }

    public static HttpRequestMessage Json(JsonObject request, string path = Infer) => Raw(Encoding.UTF8.GetBytes(request.ToJsonString()), null, path);

    public static HttpRequestMessage Raw(byte[] body, string? headerLength, string path = Infer)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (headerLength is not null) message.Headers.Add(HeaderLength, headerLength);
        return message;
    }
}

/// <summary>An answer: its JSON, and the outputs that stand behind it.</summary>
internal sealed class TensorAnswer
{
    private readonly Dictionary<string, byte[]> _binary = [];

    private TensorAnswer(JsonElement json) => Json = json;

    public JsonElement Json { get; }

    public static async Task<TensorAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        var length = response.Headers.TryGetValues(TensorRequest.HeaderLength, out var header) ? int.Parse(header.Single(), CultureInfo.InvariantCulture) : body.Length;
        var answer = new TensorAnswer(JsonDocument.Parse(body.AsMemory(0, length)).RootElement);
        foreach (var output in answer.Json.GetProperty("outputs").EnumerateArray())
        {
            if (!output.TryGetProperty("parameters", out var parameters)) continue;
            var size = parameters.GetProperty("binary_data_size").GetInt32();
            answer._binary[output.GetProperty("name").GetString()!] = body[length..(length + size)];
            length += size;
        }
        Assert.Equal(body.Length, length);
        return answer;
    }

    public JsonElement Output(string name) => Json.GetProperty("outputs").EnumerateArray().Single(output => output.GetProperty("name").GetString() == name);

    public float[] Floats(string name) => _binary.TryGetValue(name, out var bytes)
        ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
        : [.. Output(name).GetProperty("data").EnumerateArray().Select(value => value.GetSingle())];

    public string[] Texts(string name)
    {
        if (!_binary.TryGetValue(name, out var bytes)) return [.. Output(name).GetProperty("data").EnumerateArray().Select(value => value.GetString()!)];
        List<string> texts = [];
        for (var rest = bytes.AsSpan(); rest.Length > 0; rest = rest[(4 + BitConverter.ToInt32(rest))..]) texts.Add(Encoding.UTF8.GetString(rest.Slice(4, BitConverter.ToInt32(rest))));
        return [.. texts];
    }
}
