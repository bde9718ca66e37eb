using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using XrayMlOps.Core.Predictions;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>Writes the answer to an inference request over REST; binary outputs stand behind the JSON, in order.</summary>
internal static class InferAnswer
{
    public static async Task WriteAsync(
        HttpContext context, string name, ServedModel model, InferRequest request, IReadOnlyList<ScoredFilm> films, CancellationToken cancellationToken)
    {
        var response = context.Response;
        var outputs = request.AnsweredOutputs;
        var body = response.BodyWriter;
        var (jsonLength, binaryLength) = (0L, 0L);
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("model_name", name);
            json.WriteString("model_version", model.Version.ToString(CultureInfo.InvariantCulture));
            if (request.Id is { } id) json.WriteString("id", id);
            json.WriteStartObject("parameters");
            json.WriteString("digest", model.Digest);
            json.WriteString("preprocessing_hash", model.PreprocessingHash);
            json.WriteEndObject();
            json.WriteStartArray("outputs");
            foreach (var output in outputs) binaryLength += WriteOutput(json, output, request, films);
            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
            jsonLength = json.BytesCommitted;
        }
        response.ContentLength = jsonLength + binaryLength;
        if (binaryLength == 0) response.ContentType = MediaTypeNames.Application.Json;
        else
        {
            response.ContentType = MediaTypeNames.Application.Octet;
            response.Headers[InferEndpoint.HeaderLength] = jsonLength.ToString(CultureInfo.InvariantCulture);
            foreach (var output in outputs)
            {
                if (output.IsBinary ?? request.BinaryOutputs) OutputTensors.WriteBinary(output.Kind, films, body);
            }
        }
        await body.FlushAsync(cancellationToken);
    }

    /// <returns>Bytes of it that stand behind the JSON.</returns>
    private static int WriteOutput(Utf8JsonWriter json, InferOutput output, InferRequest request, IReadOnlyList<ScoredFilm> films)
    {
        var size = 0;
        json.WriteStartObject();
        json.WriteString("name", OutputTensors.Name(output.Kind));
        json.WriteString("datatype", OutputTensors.Datatype(output.Kind));
        json.WriteStartArray("shape");
        foreach (var length in OutputTensors.Shape(output.Kind, films)) json.WriteNumberValue(length);
        json.WriteEndArray();
        if (output.IsBinary ?? request.BinaryOutputs)
        {
            size = OutputTensors.BinarySize(output.Kind, films);
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", size);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data");
            OutputTensors.WriteJson(output.Kind, films, json);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        return size;
    }
}
