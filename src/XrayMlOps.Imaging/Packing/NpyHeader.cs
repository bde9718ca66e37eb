using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace XrayMlOps.Imaging.Packing;

/// <summary>The header of NumPy's array format, version 1.0 (NEP 1): C order, padded with spaces to a multiple of 64 bytes.</summary>
internal static class NpyHeader
{
    /// <param name="type">NumPy's name, as in <c>|u1</c> (uint8) or <c>&lt;i8</c> (int64, little endian).</param>
    public static byte[] Of(string type, params ReadOnlySpan<long> shape)
    {
        StringBuilder dimensions = new();
        foreach (var length in shape) dimensions.Append(CultureInfo.InvariantCulture, $"{length}, ");
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({dimensions.ToString().TrimEnd()}), }}";
        const int prefix = 10; // magic, version, length
        var total = (prefix + text.Length + 1 + 63) / 64 * 64;
        var header = new byte[total];
        ReadOnlySpan<byte> magic = [0x93, .. "NUMPY"u8, 1, 0];
        magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(total - prefix));
        Encoding.ASCII.GetBytes(text.PadRight(total - prefix - 1) + '\n', header.AsSpan(prefix));
        return header;
    }
}
