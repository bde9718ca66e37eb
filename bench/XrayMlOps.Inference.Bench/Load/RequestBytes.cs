using System.Runtime.InteropServices;
using System.Text;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Inference.Bench.Load;

/// <summary>Whole HTTP requests.</summary>
internal static class RequestBytes
{
    /// <param name="path">Takes the bytes of a JPEG as its body.</param>
    public static byte[] Jpeg(Uri server, string path, ReadOnlySpan<byte> jpeg) => Post(server, path, "Content-Type: image/jpeg\r\n", jpeg);

    /// <summary>
    /// The Open Inference Protocol's with binary tensors in and out, as NVIDIA's clients of Triton send it
    /// (<see href="https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md"/>).
    /// </summary>
    /// <param name="asGrey">Whether as UINT8, a byte a pixel, rather than as FP32.</param>
    public static byte[] Tensor(Uri server, string model, TensorFilm film, bool asGrey = false)
    {
        var tensor = asGrey ? film.Grey() : MemoryMarshal.AsBytes<float>(film.Pixels);
        var json = $$$"""
            {"inputs":[{"name":"films","shape":[1,1,{{{TensorFilm.Side}}},{{{TensorFilm.Side}}}],"datatype":"{{{(asGrey ? "UINT8" : "FP32")}}}",
            "parameters":{"binary_data_size":{{{tensor.Length}}}}}],"outputs":[{"name":"probabilities","parameters":{"binary_data":true}}]}
            """;
        var headers = $"Content-Type: application/octet-stream\r\nInference-Header-Content-Length: {json.Length}\r\n";
        return Post(server, $"/v2/models/{model}/infer", headers, [.. Encoding.ASCII.GetBytes(json), .. tensor]);
    }

    private static byte[] Post(Uri server, string path, string headers, ReadOnlySpan<byte> body) =>
        [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nX-API-Key: {TestKey.Text}\r\n{headers}Content-Length: {body.Length}\r\n\r\n"), .. body];
}
