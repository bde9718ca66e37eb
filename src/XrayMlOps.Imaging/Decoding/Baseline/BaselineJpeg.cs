using System.Buffers;
using System.Buffers.Binary;

namespace XrayMlOps.Imaging.Decoding.Baseline;

/// <summary>
/// Decodes what most films are, a grey baseline JPEG (ITU-T T.81) in one scan, to the pixels that the codec behind SkiaSharp makes of it, to the bit,
/// in a fraction of its time: that one is built without vectors. Whatever is not in order is left to the codec.
/// </summary>
/// <remarks>Not safe to share between threads: each has its own.</remarks>
internal sealed class BaselineJpeg
{
    private const byte Frame = 0xC0, ExtendedFrame = 0xC1, Huffman = 0xC4, EndOfImage = 0xD9, Scan = 0xDA, Quantisation = 0xDB, Restarts = 0xDD;
    private const int Tables = 4, Coefficients = 64;

    [ThreadStatic]
    private static BaselineJpeg? s_ofThread;

    private readonly HuffmanTable[] _dc = [new(), new(), new(), new()], _ac = [new(), new(), new(), new()];
    private readonly QuantisationStep[] _quantisation = new QuantisationStep[Tables * Coefficients]; // each in zigzag order
    private readonly bool[] _isQuantisationRead = new bool[Tables];
    private int _width, _height, _component, _quantisationTable, _restartInterval;

    private BaselineJpeg()
    {
    }

    /// <summary>Decodes the picture; false, and anything in <paramref name="pixels"/>, if it is none for this decoder.</summary>
    /// <param name="jpeg">That <see cref="JpegStructure.Read"/> accepts.</param>
    /// <param name="reduction">8, 4, 2 or 1.</param>
    /// <param name="pixels"><c>[ceil(height / reduction), ceil(width / reduction)]</c>.</param>
    public static bool TryDecode(ReadOnlySpan<byte> jpeg, int reduction, Span<byte> pixels) => (s_ofThread ??= new BaselineJpeg()).TryRead(jpeg, reduction, pixels);

    private bool TryRead(ReadOnlySpan<byte> jpeg, int reduction, Span<byte> pixels)
    {
        (_width, _restartInterval) = (0, 0);
        foreach (var table in _dc) table.Clear();
        foreach (var table in _ac) table.Clear();
        Array.Clear(_isQuantisationRead);
        for (var at = 2; at + 4 <= jpeg.Length;)
        {
            var marker = jpeg[at + 1];
            var end = at + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (jpeg[at] != 0xFF || end < at + 4 || end > jpeg.Length) return false;
            var segment = jpeg[(at + 4)..end];
            var isRead = marker switch
            {
                Frame or ExtendedFrame => TryReadFrame(segment),
                Huffman => TryReadHuffman(segment),
                Quantisation => TryReadQuantisation(segment),
                Restarts => TryReadRestarts(segment),
                Scan => TryReadScan(segment, jpeg[end..], reduction, pixels),
                >= 0xE0 and <= 0xEF or 0xFE => true, // of applications, and comments
                _ => false,
            };
            if (!isRead || marker == Scan) return isRead;
            at = end;
        }
        return false;
    }

    private bool TryReadFrame(ReadOnlySpan<byte> frame)
    {
        // One component of 8 bits a sample, as large as the picture.
        if (_width != 0 || frame is not [8, _, _, _, _, 1, _, 0x11, < Tables]) return false;
        _height = BinaryPrimitives.ReadUInt16BigEndian(frame[1..]);
        _width = BinaryPrimitives.ReadUInt16BigEndian(frame[3..]);
        (_component, _quantisationTable) = (frame[6], frame[8]);
        return true;
    }

    private bool TryReadHuffman(ReadOnlySpan<byte> tables)
    {
        while (!tables.IsEmpty)
        {
            var (kind, number) = (tables[0] >> 4, tables[0] & 15);
            if (kind > 1 || number >= Tables) return false;
            if (!(kind == 0 ? _dc : _ac)[number].TryFill(tables[1..], out var length)) return false;
            tables = tables[(1 + length)..];
        }
        return true;
    }

    private bool TryReadQuantisation(ReadOnlySpan<byte> tables)
    {
        for (; !tables.IsEmpty; tables = tables[(1 + Coefficients)..])
        {
            // Eight bits a step: the upper half is 0.
            if (tables[0] >= Tables || tables.Length <= Coefficients) return false;
            var steps = QuantisationSteps(tables[0]);
            for (var k = 0; k < Coefficients; k++) steps[k] = new QuantisationStep(k, tables[1 + k]);
            _isQuantisationRead[tables[0]] = true;
        }
        return true;
    }

    private bool TryReadRestarts(ReadOnlySpan<byte> interval)
    {
        if (interval.Length != 2) return false;
        _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(interval);
        return true;
    }

    private bool TryReadScan(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, int reduction, Span<byte> pixels)
    {
        // One component; all coefficients, with all their bits.
        if (_width == 0 || _height == 0 || header is not [1, _, _, 0, Coefficients - 1, 0] || header[1] != _component) return false;
        var (dc, ac) = (header[2] >> 4, header[2] & 15);
        if (dc >= Tables || ac >= Tables || !_dc[dc].IsFilled || !_ac[ac].IsFilled || !_isQuantisationRead[_quantisationTable]) return false;
        var reader = new ScanReader(data, _dc[dc], _ac[ac], QuantisationSteps(_quantisationTable));
        try
        {
            reader.Begin();
            return TryReadBlocks(ref reader, BlockTransform.Side / reduction, pixels) && reader.IsBefore(EndOfImage);
        }
        finally
        {
            reader.Dispose();
        }
    }

    /// <param name="size">Pixels of a block's side.</param>
    private bool TryReadBlocks(ref ScanReader reader, int size, Span<byte> pixels)
    {
        var (columns, rows) = (Ceiling(_width, BlockTransform.Side), Ceiling(_height, BlockTransform.Side));
        var width = Ceiling(_width * size, BlockTransform.Side);
        var stride = Ceiling(columns, BlockTransform.Lanes) * BlockTransform.Lanes * size;
        var band = ArrayPool<byte>.Shared.Rent(size * stride);
        Span<int> coefficients = stackalloc int[Coefficients * BlockTransform.Lanes];
        try
        {
            var untilRestart = _restartInterval;
            var restarts = 0;
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column += BlockTransform.Lanes)
                {
                    coefficients.Clear();
                    for (var lane = 0; lane < Math.Min(BlockTransform.Lanes, columns - column); lane++)
                    {
                        if (_restartInterval > 0 && untilRestart-- == 0)
                        {
                            if (!reader.TryRestart(restarts++)) return false;
                            untilRestart = _restartInterval - 1;
                        }
                        if (!reader.TryReadBlock(coefficients, lane)) return false;
                    }
                    if (!BlockTransform.TryWrite(coefficients, size, band.AsSpan(column * size), stride)) return false;
                }
                for (var line = 0; line < size && pixels.Length > 0; line++)
                {
                    band.AsSpan(line * stride, width).CopyTo(pixels);
                    pixels = pixels[width..];
                }
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(band);
        }
    }

    private Span<QuantisationStep> QuantisationSteps(int table) => _quantisation.AsSpan(table * Coefficients, Coefficients);

    private static int Ceiling(int length, int by) => (length + by - 1) / by;
}
