using System.Buffers.Binary;

namespace XrayMlOps.Imaging.Decoding;

/// <summary>
/// Walks a PNG's chunks (ISO/IEC 15948) to IEND without inflating them. Check sums are left to libpng, which refuses a
/// critical chunk whose CRC is wrong; it does not ask for IEND, and this does. Bytes after IEND are allowed.
/// </summary>
internal static class PngStructure
{
    private const int Signature = 8, HeaderLength = 13, Overhead = 12; // length, type and CRC around each chunk's data

    /// <param name="isGray">No colour, palette or alpha: one sample a pixel.</param>
    public static FilmDecodeResult Read(ReadOnlySpan<byte> png, ImagingLimits limits, out bool isGray)
    {
        isGray = false;
        if (png.Length < Signature + Overhead + HeaderLength) return Ends();
        if (BinaryPrimitives.ReadUInt32BigEndian(png[Signature..]) != HeaderLength || !png[(Signature + 4)..].StartsWith("IHDR"u8))
            return FilmDecodeResult.Corrupt("the PNG does not begin with its header chunk");
        var header = png.Slice(Signature + 8, HeaderLength);
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue) return FilmDecodeResult.Corrupt($"the PNG's header says {width} x {height} pixels");
        var film = limits.Admit(new FilmInfo(FilmFormat.Png, (int)width, (int)height));
        if (!film.Succeeded) return film;

        var (hasPixels, transparent) = (false, false);
        for (var at = Signature; ;)
        {
            if (png.Length - at < Overhead) return Ends();
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > int.MaxValue) return FilmDecodeResult.Corrupt($"the PNG has a chunk of {length} bytes at byte {at}");
            if (length > png.Length - at - Overhead) return Ends();
            var type = png.Slice(at + 4, 4);
            if (type.SequenceEqual("IEND"u8)) break;
            hasPixels |= type.SequenceEqual("IDAT"u8);
            transparent |= type.SequenceEqual("tRNS"u8);
            at += (int)length + Overhead;
        }
        if (!hasPixels) return FilmDecodeResult.Corrupt("the PNG holds no picture");
        isGray = header[9] == 0 && !transparent;
        return film;
    }

    private static FilmDecodeResult Ends() => FilmDecodeResult.Truncated("the PNG ends before its IEND chunk");
}
