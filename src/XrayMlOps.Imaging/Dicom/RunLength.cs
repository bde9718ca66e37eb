using System.Buffers.Binary;

namespace XrayMlOps.Imaging.Dicom;

/// <summary>
/// RLE lossless (PS3.5, annex G) of a frame with one sample a pixel: behind a header of sixteen numbers, a segment of packed bits
/// for each byte of a pixel, the most significant first.
/// </summary>
internal static class RunLength
{
    /// <summary>Two bytes stand for 128 at most: a short frame cannot ask for much memory.</summary>
    public const long MostExpansion = 64;

    private const int Header = 64;

    /// <param name="pixels">Receives the frame, the lower byte of a pixel first; all of it or <see cref="DicomRefusedException"/>.</param>
    public static void Decode(ReadOnlySpan<byte> frame, Span<byte> pixels, int bytesPerPixel)
    {
        if (frame.Length < Header) throw DicomRefusedException.Truncated("the DICOM file's RLE header is too short");
        var segments = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        if (segments != bytesPerPixel)
            throw DicomRefusedException.Corrupt($"the DICOM file's RLE frame has {segments} segments, where its pixels have {bytesPerPixel} bytes");
        for (var segment = 0; segment < bytesPerPixel; segment++)
        {
            var start = BinaryPrimitives.ReadUInt32LittleEndian(frame[(4 + 4 * segment)..]);
            var end = segment + 1 < bytesPerPixel ? BinaryPrimitives.ReadUInt32LittleEndian(frame[(8 + 4 * segment)..]) : (uint)frame.Length;
            if (start < Header || start > end || end > frame.Length)
                throw DicomRefusedException.Corrupt("the DICOM file's RLE segments lie outside their frame");
            Unpack(frame[(int)start..(int)end], pixels[(bytesPerPixel - 1 - segment)..], bytesPerPixel);
        }
    }

    /// <summary>A frame of even length: equal pixels give equal bytes.</summary>
    /// <param name="rowBytes">Of a segment: no run crosses the end of a row (G.3.1).</param>
    public static byte[] Encode(ReadOnlySpan<byte> pixels, int bytesPerPixel, int rowBytes)
    {
        using var frame = new MemoryStream();
        Span<byte> header = stackalloc byte[Header];
        header.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(header, bytesPerPixel);
        frame.Write(header);
        var row = new byte[rowBytes];
        for (var segment = 0; segment < bytesPerPixel; segment++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header[(4 + 4 * segment)..], (int)frame.Length);
            for (var at = bytesPerPixel - 1 - segment; at < pixels.Length; at += rowBytes * bytesPerPixel)
            {
                for (var x = 0; x < rowBytes; x++) row[x] = pixels[at + x * bytesPerPixel];
                Pack(row, frame);
            }
            if ((frame.Length & 1) == 1) frame.WriteByte(0);
        }
        frame.Position = 0;
        frame.Write(header);
        return frame.ToArray();
    }

    private static void Unpack(ReadOnlySpan<byte> packed, Span<byte> pixels, int stride)
    {
        var (at, to, left) = (0, 0, (pixels.Length + stride - 1) / stride);
        while (left > 0)
        {
            if (at >= packed.Length) throw Ends();
            int code = (sbyte)packed[at++];
            if (code == -128) continue;
            var (isRun, count) = (code < 0, 1 + Math.Abs(code));
            if (count > left) throw DicomRefusedException.Corrupt("the DICOM file's RLE frame has more pixels than its header says");
            if (at + (isRun ? 1 : count) > packed.Length) throw Ends();
            for (var i = 0; i < count; i++, to += stride) pixels[to] = packed[isRun ? at : at + i];
            at += isRun ? 1 : count;
            left -= count;
        }
    }

    private static void Pack(ReadOnlySpan<byte> row, Stream packed)
    {
        const int longest = 128;
        for (var at = 0; at < row.Length;)
        {
            var run = RunAt(row, at);
            if (run >= 2)
            {
                packed.WriteByte((byte)(1 - run));
                packed.WriteByte(row[at]);
                at += run;
                continue;
            }
            var end = at + 1;
            while (end < row.Length && end - at < longest && RunAt(row, end) < 3) end++;
            packed.WriteByte((byte)(end - at - 1));
            packed.Write(row[at..end]);
            at = end;
        }

        static int RunAt(ReadOnlySpan<byte> row, int at)
        {
            var end = at + 1;
            while (end < row.Length && end - at < longest && row[end] == row[at]) end++;
            return end - at;
        }
    }

    private static DicomRefusedException Ends() => DicomRefusedException.Truncated("the DICOM file's RLE frame has fewer pixels than its header says");
}
