using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>Loops over pixels of 8 or 16 bits, the lower byte first.</summary>
internal static class PixelValues
{
    /// <summary>Looks each pixel up: <paramref name="gray"/> receives one byte a pixel.</summary>
    /// <param name="table">256 or 65,536 levels.</param>
    public static void Map(ReadOnlySpan<byte> pixels, byte[] table, Span<byte> gray)
    {
        if (table.Length == 1 << 8)
        {
            for (var i = 0; i < gray.Length; i++) gray[i] = table[pixels[i]];
            return;
        }
        var words = MemoryMarshal.Cast<byte, ushort>(pixels)[..gray.Length];
        for (var i = 0; i < words.Length; i++) gray[i] = table[LittleEndian(words[i])];
    }

    /// <summary>Which of the 256 or 65,536 values occur.</summary>
    public static bool[] Occurring(ReadOnlySpan<byte> pixels, int bits)
    {
        var occurs = new bool[1 << bits];
        if (bits == 8)
        {
            foreach (var pixel in pixels) occurs[pixel] = true;
            return occurs;
        }
        foreach (var word in MemoryMarshal.Cast<byte, ushort>(pixels)) occurs[LittleEndian(word)] = true;
        return occurs;
    }

    /// <summary>Clears the bits that do not count, in place; above a signed value they become its sign, which many readers rely on.</summary>
    public static void ClearUnused(Span<byte> pixels, DicomFilm film)
    {
        if (film.BitsAllocated == film.BitsStored) return;
        var above = 16 - film.BitsStored - film.Shift;
        foreach (ref var word in MemoryMarshal.Cast<byte, ushort>(pixels))
        {
            var value = LittleEndian(word) & film.Mask;
            word = LittleEndian(film.IsSigned ? (ushort)((short)(value << above) >> above) : (ushort)value);
        }
    }

    private static ushort LittleEndian(ushort word) => BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
}
