using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Checkpoints;

/// <summary>
/// The safetensors format: eight little-endian bytes of header length, a JSON header, the tensors' bytes one after the other.
/// Written in the order given, so the same weights make the same bytes. Float32 and int64 tensors only.
/// </summary>
internal static class SafeTensors
{
    private const string Metadata = "__metadata__";
    private const int LongestHeader = 16 << 20;

    public static void Write(Stream stream, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var scope = NewDisposeScope();
        var header = new Dictionary<string, object> { [Metadata] = metadata };
        var offset = 0L;
        foreach (var (name, tensor) in tensors)
        {
            var end = offset + tensor.numel() * ElementBytes(tensor.dtype);
            header.Add(name, new Entry(NameOf(tensor.dtype), tensor.shape, [offset, end]));
            offset = end;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = (json.Length + 7) / 8 * 8; // the data begins on a multiple of eight
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        stream.Write(length);
        stream.Write(json);
        stream.Write("       "u8[..(padded - json.Length)]);
        foreach (var (_, tensor) in tensors) stream.Write(tensor.detach().cpu().contiguous().bytes);
    }

    /// <exception cref="InvalidDataException">The file is not such a file, or damaged; the message says where.</exception>
    public static SafeTensorsFile Read(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8) throw new InvalidDataException("it is shorter than its header");
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length < 2 || length > Math.Min(LongestHeader, stream.Length - 8)) throw new InvalidDataException($"its header says to be {length} bytes long");
        var json = new byte[length];
        stream.ReadExactly(json);

        var (metadata, entries) = ReadHeader(json);
        var tensors = new Dictionary<string, Tensor>();
        var file = new SafeTensorsFile(tensors, metadata);
        try
        {
            var offset = 0L;
            foreach (var (name, entry) in entries.OrderBy(pair => pair.Value.Offsets[0]))
            {
                var tensor = Allocate(name, entry, offset, stream.Length - 8 - length);
                tensors.Add(name, tensor);
                stream.ReadExactly(tensor.bytes);
                offset = entry.Offsets[1];
            }
            if (offset != stream.Length - 8 - length) throw new InvalidDataException($"its tensors end at byte {offset} of {stream.Length - 8 - length}");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static (Dictionary<string, string> Metadata, Dictionary<string, Entry> Entries) ReadHeader(byte[] json)
    {
        try
        {
            var header = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json) ?? [];
            var metadata = header.Remove(Metadata, out var element) ? element.Deserialize<Dictionary<string, string>>() ?? [] : [];
            return (metadata, header.ToDictionary(pair => pair.Key, pair => pair.Value.Deserialize<Entry>() ?? throw new JsonException($"'{pair.Key}' is null")));
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"its header is not understood: {problem.Message}", problem);
        }
    }

    private static Tensor Allocate(string name, Entry entry, long expectedStart, long dataBytes)
    {
        if (entry.Offsets is not [var start, var end] || entry.Shape is null || entry.Shape.Any(side => side < 0))
            throw new InvalidDataException($"tensor '{name}' has no sound shape or offsets");
        var type = entry.Type switch
        {
            "F32" => ScalarType.Float32,
            "I64" => ScalarType.Int64,
            _ => throw new InvalidDataException($"tensor '{name}' is of type {entry.Type}; F32 and I64 are known"),
        };
        var bytes = entry.Shape.Aggregate((Int128)ElementBytes(type), (product, side) => product * side);
        if (start != expectedStart || end > dataBytes || bytes != end - start)
            throw new InvalidDataException($"tensor '{name}' of {bytes} bytes lies at {start} to {end} of {dataBytes}");
        return empty(entry.Shape, type).DetachFromDisposeScope();
    }

    private static long ElementBytes(ScalarType type) => type == ScalarType.Float32 ? 4 : 8;

    private static string NameOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => "F32",
        ScalarType.Int64 => "I64",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "only float32 and int64 are written"),
    };

    private sealed record Entry(
        [property: JsonPropertyName("dtype")] string Type,
        [property: JsonPropertyName("shape")] long[] Shape,
        [property: JsonPropertyName("data_offsets")] long[] Offsets);
}

/// <summary>What a safetensors file held. Owns the tensors.</summary>
internal sealed record SafeTensorsFile(IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) : IDisposable
{
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}
