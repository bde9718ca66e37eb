using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using SkiaSharp;
using XrayMlOps.Testing;

namespace XrayMlOps.Inference.Bench.Fuzzing;

/// <summary>Good requests of every kind, from which bad ones are made.</summary>
internal static class FuzzCorpus
{
    private const int Side = 300;

    public static IReadOnlyList<byte[]> Films { get; } = [Encode(SKEncodedImageFormat.Jpeg), Encode(SKEncodedImageFormat.Png), Dicom(Syntax.Explicit), Dicom(Syntax.RunLength)];

    /// <summary>The kinds, by the name of what is damaged.</summary>
    public static IReadOnlyList<FuzzKind> All { get; } =
    [
        Film("jpeg", Films[0], "image/jpeg"), Film("png", Films[1], "image/png"), Film("dicom", Films[2], "application/dicom"), Film("dicom (run length)", Films[3], "application/dicom"),
        new("multipart", Multipart(), body => Post("/v1/predict", body, "multipart/form-data; boundary=b")),
        new("json tensor", Encoding.UTF8.GetBytes(JsonTensor()), body => Post("/v2/models/chest-xray/infer", body, "application/json")),
        new("json images", Encoding.UTF8.GetBytes(JsonImages()), body => Post("/v2/models/chest-xray/infer", body, "application/json")),
        new("binary tensor", BinaryTensor(out var header), body => Post("/v2/models/chest-xray/infer", body, "application/octet-stream", header)),
        new("repository index", "{\"ready\":true}"u8.ToArray(), body => Post("/v2/repository/index", body, "application/json")),
        new("feedback", "{\"predictionId\":\"01a22346-a5a2-7e1a-92b0-6298b6c004cc\",\"label\":\"virus\"}"u8.ToArray(), body => Post("/v1/feedback", body, "application/json")),
        new("protobuf", GrpcTensor(), body => Grpc(body)),
    ];

    private static FuzzKind Film(string name, byte[] film, string contentType) => new(name, film, body => Post("/v1/predict", body, contentType));

    private static HttpRequestMessage Post(string path, byte[] body, string contentType, int? header = null)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (header is { } length) request.Headers.Add("Inference-Header-Content-Length", length.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    /// <summary>A message of gRPC in its frame: not compressed, its length, its bytes.</summary>
    private static HttpRequestMessage Grpc(byte[] message)
    {
        byte[] frame = [0, (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];
        var request = Post("/inference.GRPCInferenceService/ModelInfer", frame, "application/grpc");
        (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        request.Headers.Add("te", "trailers");
        return request;
    }

    private static string JsonTensor() =>
        $$"""{"id":"1","inputs":[{"name":"films","shape":[1,1,256,256],"datatype":"FP32","data":[{{string.Join(',', Enumerable.Repeat("0.5", 256 * 256))}}]}],"outputs":[{"name":"probabilities"}]}""";

    private static string JsonImages() =>
        $$"""{"inputs":[{"name":"images","shape":[1],"datatype":"BYTES","data":["{{Convert.ToBase64String(Films[0])}}"]}],"parameters":{"timeout":1000000} }""";

    private static byte[] BinaryTensor(out int header)
    {
        var json = Encoding.ASCII.GetBytes("""{"inputs":[{"name":"films","shape":[1,1,256,256],"datatype":"FP32","parameters":{"binary_data_size":262144}}],"outputs":[{"name":"class_activation","parameters":{"binary_data":true}}]}""");
        header = json.Length;
        return [.. json, .. Tensor()];
    }

    private static byte[] Tensor() => MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, 256 * 256).Select(pixel => pixel % 256 / 255f)]).ToArray();

    private static byte[] Multipart() =>
        [.. "--b\r\nContent-Disposition: form-data; name=\"films\"; filename=\"a.jpeg\"\r\n\r\n"u8, .. Films[0], .. "\r\n--b\r\nContent-Disposition: form-data; name=\"films\"; filename=\"b.png\"\r\n\r\n"u8, .. Films[1], .. "\r\n--b--\r\n"u8];

    /// <summary>ModelInferRequest by the numbers of the protocol: model_name = 1, inputs = 5 (name = 1, datatype = 2, shape = 3), raw_input_contents = 7.</summary>
    private static byte[] GrpcTensor()
    {
        byte[] input = [.. Field(1, "films"u8), .. Field(2, "FP32"u8), .. Field(3, [1, 1, 0x80, 2, 0x80, 2])];
        return [.. Field(1, "chest-xray"u8), .. Field(5, input), .. Field(7, Tensor())];

        static byte[] Field(int number, ReadOnlySpan<byte> content)
        {
            List<byte> length = [];
            var rest = content.Length;
            for (; rest >= 0x80; rest >>= 7) length.Add((byte)(rest | 0x80));
            length.Add((byte)rest);
            return [(byte)(number << 3 | 2), .. length, .. content];
        }
    }

    private static byte[] Dicom(string syntax) => DicomFile.Of(Side, Side, [.. Enumerable.Range(0, Side * Side).Select(pixel => pixel % 256)], syntax: syntax).IdentityWindow().Build();

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var pixel = 0; pixel < Side * Side; pixel++) bitmap.GetPixelSpan()[pixel / Side * bitmap.RowBytes + pixel % Side] = (byte)(pixel * 7 / 11);
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }
}

/// <param name="Name">Of what is damaged.</param>
/// <param name="Seed">A good body.</param>
/// <param name="Request">Sends a body to where it belongs.</param>
internal sealed record FuzzKind(string Name, byte[] Seed, Func<byte[], HttpRequestMessage> Request);
