using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace XrayMlOps.Training.Data;

/// <summary>
/// The header of a NumPy array file (NEP 1, versions 1 to 3).
/// </summary>
/// <param name="Type">NumPy's name of the element type, such as <c>|u1</c> or <c>&lt;i8</c>.</param>
internal sealed partial record NpyHeader(string Type, IReadOnlyList<long> Shape)
{
    private const int LongestHeader = 1 << 16;

    /// <summary>Reads up to the first element.</summary>
    /// <exception cref="InvalidDataException">It is not a C-ordered array; the message says what it is instead.</exception>
    public static NpyHeader Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[12];
        stream.ReadExactly(start[..10]);
        if (!start.StartsWith(Magic)) throw new InvalidDataException("it does not begin like a NumPy array");
        long length = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (start[6] > 1)
        {
            stream.ReadExactly(start[10..]);
            length = BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        }
        if (length > LongestHeader) throw new InvalidDataException($"its header says to be {length} bytes long");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        var text = Encoding.UTF8.GetString(bytes);
        if (Fields().Match(text) is not { Success: true } fields) throw new InvalidDataException($"its header is not understood: {text.Trim()}");
        if (fields.Groups["order"].Value == "True") throw new InvalidDataException("it is in Fortran order; C order is needed");
        var shape = fields.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new NpyHeader(fields.Groups["type"].Value, [.. shape.Select(side => long.Parse(side, CultureInfo.InvariantCulture))]);
    }

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    [GeneratedRegex(@"'descr':\s*'(?<type>[^']+)'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[\d,\s]*)\)", RegexOptions.Singleline)]
    private static partial Regex Fields();
}
