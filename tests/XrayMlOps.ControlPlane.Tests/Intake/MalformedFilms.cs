using System.Buffers.Binary;
using System.IO.Compression;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Phantoms;

namespace XrayMlOps.ControlPlane.Tests.Intake;

/// <summary>Files that are no films: cut, damaged, lying about their size, or something else.</summary>
internal static class MalformedFilms
{
    public static IEnumerable<(string Name, byte[] Content)> All()
    {
        var film = PhantomGenerator.Film(ImageLabel.Normal, 1, 1, new PhantomOptions());
        yield return ("empty", []);
        for (var length = 1; length < film.Length; length += 1024) yield return ($"cut to {length} bytes", film[..length]);
        yield return ("wrong magic", [0, .. film[1..]]);
        yield return ("text", "this is no film"u8.ToArray());
        yield return ("zip", [0x50, 0x4B, 3, 4, .. new byte[100]]);
        yield return ("JPEG of 65,500 x 65,500", WithSides(film, 65_500));
        yield return ("JPEG without pixels", WithSides(film, 0));
        yield return ("PNG of 65,500 x 65,500", Png(65_500, 65_500, new byte[100]));
        yield return ("PNG of 50 KB that inflates to 50 MB, the first of 400", Png(20_000, 20_000, new byte[50_000_000]));
        yield return ("PNG whose pixels are missing", Png(64, 64, []));
        // A flip among the markers and tables; one among the pixels cannot be told from a picture.
        for (var bit = 0; bit < 8; bit++) yield return ($"bit {bit} of the first marker flipped", Flipped(film, 1, bit));
        foreach (var at in StartsOfSegments(film)) yield return ($"segment at byte {at} flipped", Flipped(film, at, 7));
    }

    private static byte[] Flipped(byte[] content, int at, int bit)
    {
        byte[] flipped = [.. content];
        flipped[at] ^= (byte)(1 << bit);
        return flipped;
    }

    /// <summary>The 0xFF of every marker before the pixels (ITU-T T.81, B.1).</summary>
    private static IEnumerable<int> StartsOfSegments(byte[] jpeg)
    {
        for (var at = 2; jpeg[at + 1] != 0xDA; at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2))) yield return at;
    }

    private static byte[] WithSides(byte[] jpeg, ushort side)
    {
        byte[] changed = [.. jpeg];
        var frame = StartsOfSegments(changed).Single(at => changed[at + 1] is 0xC0 or 0xC2);
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(frame + 5), side);
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(frame + 7), side);
        return changed;
    }

    private static byte[] Png(int width, int height, byte[] inflated)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits a sample, grey
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.SmallestSize, leaveOpen: true)) zlib.Write(inflated);
        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, data.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] checkedBytes = [.. type, .. data];
        var chunk = new byte[checkedBytes.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        checkedBytes.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32(checkedBytes));
        return chunk;
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
        }
        return ~crc;
    }
}
