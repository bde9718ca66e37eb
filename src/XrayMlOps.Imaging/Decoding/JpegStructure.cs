using System.Buffers.Binary;

namespace XrayMlOps.Imaging.Decoding;

/// <summary>
/// Walks a JPEG's markers (ITU-T T.81, annex B) from start to end of image without decoding it. libjpeg fills what a
/// truncated file lacks with grey and succeeds; this does not. Bytes after the end-of-image marker are allowed: real files have them.
/// </summary>
internal static class JpegStructure
{
    private const byte StartOfImage = 0xD8, EndOfImage = 0xD9, StartOfScan = 0xDA, HuffmanTable = 0xC4, QuantisationTable = 0xDB, RestartInterval = 0xDD;

    public static FilmDecodeResult Read(ReadOnlySpan<byte> jpeg, ImagingLimits limits, out bool isGray)
    {
        (isGray, var film, var components, var scans) = (false, default(FilmDecodeResult), 0, 0);
        for (var at = 2; ;)
        {
            if (at >= jpeg.Length) return Ends();
            if (jpeg[at] != 0xFF) return FilmDecodeResult.Corrupt($"the JPEG has no marker at byte {at}, where its structure wants one");
            while (at < jpeg.Length && jpeg[at] == 0xFF) at++; // a marker may be padded
            if (at >= jpeg.Length) return Ends();
            var marker = jpeg[at++];
            if (marker == EndOfImage)
            {
                isGray = components == 1;
                return scans > 0 ? film : FilmDecodeResult.Corrupt("the JPEG holds no picture");
            }
            if (marker is 0 or StartOfImage) return FilmDecodeResult.Corrupt($"the JPEG has a stray marker {marker:X2} at byte {at - 1}");
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7)) continue; // markers without a segment

            if (at + 2 > jpeg.Length) return Ends();
            var length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[at..]);
            if (length < 2) return FilmDecodeResult.Corrupt($"the JPEG has a segment of {length} bytes at byte {at}");
            if (at + length > jpeg.Length) return Ends();
            if (IsFrame(marker))
            {
                if (components > 0) return FilmDecodeResult.Corrupt("the JPEG has two frame headers");
                film = ReadFrame(marker, jpeg.Slice(at + 2, length - 2), limits, out components);
                if (!film.Succeeded) return film;
            }
            at += length;
            if (marker != StartOfScan) continue;

            if (components == 0) return FilmDecodeResult.Corrupt("the JPEG has a scan before its frame header");
            if (++scans > limits.MaxScans) return FilmDecodeResult.Unsupported($"the JPEG has more than {limits.MaxScans} scans");
            at = EndOfScan(jpeg, at);
        }
    }

    /// <summary>
    /// The picture alone, of a JPEG that <see cref="Read"/> accepts: its tables, frame and scans, without application data, comments
    /// and what lies behind its end.
    /// </summary>
    public static byte[] Strip(ReadOnlySpan<byte> jpeg)
    {
        using var picture = new MemoryStream(jpeg.Length);
        picture.Write(jpeg[..2]);
        for (var at = 2; ;)
        {
            while (jpeg[at] == 0xFF) at++;
            var marker = jpeg[at++];
            if (marker == EndOfImage) break;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7)) continue;
            var end = at + BinaryPrimitives.ReadUInt16BigEndian(jpeg[at..]);
            if (marker == StartOfScan) end = EndOfScan(jpeg, end);
            if (marker is StartOfScan or QuantisationTable or HuffmanTable or RestartInterval || IsFrame(marker))
            {
                picture.Write([0xFF, marker]);
                picture.Write(jpeg[at..end]);
            }
            at = end;
        }
        picture.Write([0xFF, EndOfImage]);
        return picture.ToArray();
    }

    private static FilmDecodeResult ReadFrame(byte marker, ReadOnlySpan<byte> frame, ImagingLimits limits, out int components)
    {
        components = 0;
        if (frame.Length < 6) return FilmDecodeResult.Corrupt("the JPEG's frame header is too short");
        var (precision, height, width) = (frame[0], BinaryPrimitives.ReadUInt16BigEndian(frame[1..]), BinaryPrimitives.ReadUInt16BigEndian(frame[3..]));
        components = frame[5];
        if (marker is not (0xC0 or 0xC1 or 0xC2))
            return FilmDecodeResult.Unsupported($"a JPEG of process SOF{marker - 0xC0}; baseline, extended and progressive Huffman are read");
        if (precision != 8) return FilmDecodeResult.Unsupported($"a JPEG of {precision} bits a sample; 8 are read");
        if (components is not (1 or 3 or 4)) return FilmDecodeResult.Unsupported($"a JPEG of {components} components; 1, 3 and 4 are read");
        if (width == 0 || height == 0) return FilmDecodeResult.Corrupt($"the JPEG's header says {width} x {height} pixels");
        return limits.Admit(new FilmInfo(FilmFormat.Jpeg, width, height));
    }

    /// <summary>The next marker that is neither a stuffed FF 00 nor a restart; the end of the file if there is none.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> jpeg, int at)
    {
        while (at < jpeg.Length)
        {
            var next = jpeg[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= jpeg.Length) return jpeg.Length;
            at += next;
            if (jpeg[at + 1] is 0 or (>= 0xD0 and <= 0xD7)) at += 2;
            else if (jpeg[at + 1] == 0xFF) at++;
            else return at;
        }
        return at;
    }

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static FilmDecodeResult Ends() => FilmDecodeResult.Truncated("the JPEG ends before its end-of-image marker");
}
