using System.Text.Json;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>Reads the JSON of an inference request, without reading its tensors' elements. Unknown members are ignored, as the protocol says.</summary>
internal static class InferRequestJson
{
    /// <exception cref="InferException">It cannot be read; the message says where.</exception>
    public static InferRequest Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var request = new InferRequest();
        try
        {
            Expect(ref reader, JsonTokenType.StartObject, "the request");
            while (NextMember(ref reader))
            {
                if (reader.ValueTextEquals("id")) request.Id = Text(ref reader, "id");
                else if (reader.ValueTextEquals("inputs")) ReadEach(ref reader, "inputs", request, static (ref Utf8JsonReader item, InferRequest to) => to.Inputs.Add(ReadInput(ref item)));
                else if (reader.ValueTextEquals("outputs")) ReadEach(ref reader, "outputs", request, static (ref Utf8JsonReader item, InferRequest to) => to.Outputs.Add(ReadOutput(ref item)));
                else if (reader.ValueTextEquals("parameters")) ReadParameters(ref reader, request);
                else SkipValue(ref reader);
            }
            return request;
        }
        catch (Exception malformed) when (IsMalformed(malformed))
        {
            throw InferException.Bad($"The JSON cannot be read: {malformed.Message}");
        }
    }

    /// <summary>The reader answers text that is no UTF-16 with <see cref="InvalidOperationException"/>.</summary>
    public static bool IsMalformed(Exception problem) => problem is JsonException or InvalidOperationException;

    private delegate void ReadItem(ref Utf8JsonReader reader, InferRequest request);

    private static void ReadEach(ref Utf8JsonReader reader, string what, InferRequest request, ReadItem read)
    {
        Expect(ref reader, JsonTokenType.StartArray, what);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw InferException.Bad($"'{what}' must be a list of objects.");
            read(ref reader, request);
        }
    }

    private static void ReadParameters(ref Utf8JsonReader reader, InferRequest request)
    {
        Expect(ref reader, JsonTokenType.StartObject, "parameters");
        while (NextMember(ref reader))
        {
            if (reader.ValueTextEquals("binary_data_output")) request.BinaryOutputs = Flag(ref reader, "binary_data_output");
            else if (reader.ValueTextEquals("timeout")) request.Timeout = TimeSpan.FromMicroseconds(Number(ref reader, "timeout"));
            else SkipValue(ref reader);
        }
    }

    private static InferInput ReadInput(ref Utf8JsonReader reader)
    {
        var input = new InferInput();
        while (NextMember(ref reader))
        {
            if (reader.ValueTextEquals("name")) input.Name = Text(ref reader, "an input's name");
            else if (reader.ValueTextEquals("datatype")) input.Datatype = Text(ref reader, "an input's datatype");
            else if (reader.ValueTextEquals("shape")) input.Shape = ReadShape(ref reader);
            else if (reader.ValueTextEquals("data"))
            {
                Expect(ref reader, JsonTokenType.StartArray, "an input's data");
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                input.Data = start..(int)reader.BytesConsumed;
            }
            else if (reader.ValueTextEquals("parameters"))
            {
                Expect(ref reader, JsonTokenType.StartObject, "an input's parameters");
                while (NextMember(ref reader))
                {
                    if (reader.ValueTextEquals("binary_data_size")) input.BinarySize = Number(ref reader, "binary_data_size");
                    else SkipValue(ref reader);
                }
            }
            else SkipValue(ref reader);
        }
        return input;
    }

    private static List<long> ReadShape(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray, "an input's shape");
        List<long> shape = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var length)) throw InferException.Bad("An input's shape must be whole numbers.");
            shape.Add(length);
        }
        return shape;
    }

    private static InferOutput ReadOutput(ref Utf8JsonReader reader)
    {
        string? name = null;
        bool? isBinary = null;
        while (NextMember(ref reader))
        {
            if (reader.ValueTextEquals("name")) name = Text(ref reader, "an output's name");
            else if (reader.ValueTextEquals("parameters"))
            {
                Expect(ref reader, JsonTokenType.StartObject, "an output's parameters");
                while (NextMember(ref reader))
                {
                    if (reader.ValueTextEquals("binary_data")) isBinary = Flag(ref reader, "binary_data");
                    else if (reader.ValueTextEquals("classification") && Number(ref reader, "classification") > 0)
                        throw OutputTensors.NoClassification(name);
                    else SkipValue(ref reader);
                }
            }
            else SkipValue(ref reader);
        }
        return new InferOutput(OutputTensors.Find(name), isBinary);
    }

    private static bool NextMember(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private static void SkipValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.PropertyName) reader.Read();
        reader.Skip();
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw InferException.Bad($"'{what}' must be {(type == JsonTokenType.StartArray ? "a list" : "an object")}.");
    }

    private static string Text(ref Utf8JsonReader reader, string what) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw InferException.Bad($"'{what}' must be a text.");

    private static bool Flag(ref Utf8JsonReader reader, string what) =>
        reader.Read() && reader.TokenType is JsonTokenType.True or JsonTokenType.False ? reader.GetBoolean() : throw InferException.Bad($"'{what}' must be true or false.");

    private static long Number(ref Utf8JsonReader reader, string what) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number is >= 0 and <= int.MaxValue
            ? number
            : throw InferException.Bad($"'{what}' must be a whole number, 0 to {int.MaxValue}.");
}
