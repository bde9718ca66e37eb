using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace XrayMlOps.Imaging.Tests.Decoding;

/// <summary>Writes PNGs of any bit depth and colour type (ISO/IEC 15948), which the codec's own encoder does not.</summary>
internal static class Pngs
{
    public const int Gray = 0, Rgb = 2, Palette = 3, GrayAlpha = 4;

    /// <param name="samples">Rows of packed samples, without filter bytes.</param>
    public static byte[] Of(int width, int height, int depth, int colour, byte[] samples, byte[]? palette = null)
    {
        using var png = new MemoryStream();
        png.Write([0x89, .. "PNG\r\n\u001A\n"u8]);
        WriteChunk(png, "IHDR", Header(width, height, depth, colour));
        if (palette is not null) WriteChunk(png, "PLTE", palette);
        using var rows = new MemoryStream();
        using (var deflated = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var row in samples.Chunk(samples.Length / height)) deflated.Write([0, .. row]);
        }
        WriteChunk(png, "IDAT", rows.ToArray());
        WriteChunk(png, "IEND", []);
        return png.ToArray();
    }

    /// <summary>Only a header that announces so many pixels, and an end.</summary>
    public static byte[] Bomb(int width, int height) => OfChunk(width, height, [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);

    /// <summary>A grey PNG of 8 bits.</summary>
    /// <param name="idat">What its pixel chunk holds, whatever that is.</param>
    public static byte[] OfChunk(int width, int height, byte[] idat)
    {
        using var png = new MemoryStream();
        png.Write([0x89, .. "PNG\r\n\u001A\n"u8]);
        WriteChunk(png, "IHDR", Header(width, height, 8, Gray));
        WriteChunk(png, "IDAT", idat);
        WriteChunk(png, "IEND", []);
        return png.ToArray();
    }

    private static byte[] Header(int width, int height, int depth, int colour)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = ((byte)depth, (byte)colour);
        return header;
    }

    private static void WriteChunk(Stream png, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, CyclicRedundancyCheck(body));
        png.Write(number);
    }

    private static uint CyclicRedundancyCheck(byte[] bytes)
    {
        var check = uint.MaxValue;
        foreach (var octet in bytes)
        {
            check ^= octet;
            for (var bit = 0; bit < 8; bit++) check = (check & 1) != 0 ? (check >> 1) ^ 0xEDB88320 : check >> 1;
        }
        return ~check;
    }
}
