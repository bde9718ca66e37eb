using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace XrayMlOps.Imaging.Resampling;

/// <summary>
/// Area resampling of grey pixels: each output pixel is the mean of the input area that it covers, fractions of pixels included,
/// rounded to nearest. It shrinks and enlarges, each side by its own factor.
/// </summary>
/// <remarks>
/// All in integers and exact: lengths are counted in units that divide both input and output pixels, so every weight is a whole
/// number and the only rounding is the last one. Training and serving get the same bytes on every machine, vectors or none.
/// </remarks>
public static class AreaResampler
{
    /// <summary>Width times height of the largest input: up to here the last division is exact.</summary>
    public const int MaxPixels = 1 << 28;

    /// <summary>Longest side of the input: up to here a column's weighted sum fits into 32 bits.</summary>
    public const int MaxSide = 1 << 24;

    /// <summary>Resamples <paramref name="source"/>, <c>[height, width]</c>, to <paramref name="target"/>, <c>[targetHeight, targetWidth]</c>.</summary>
    public static void Resample(ReadOnlySpan<byte> source, int width, int height, Span<byte> target, int targetWidth, int targetHeight) =>
        Resample(source, width, height, 1, target, targetWidth, targetHeight);

    /// <summary>
    /// The same for an input that was reduced before: each of its cells stands for <paramref name="cell"/> x <paramref name="cell"/> of
    /// <paramref name="width"/> x <paramref name="height"/> original pixels, the last of a row or column for what is left of them.
    /// </summary>
    /// <param name="source"><c>[ceil(height / cell), ceil(width / cell)]</c>.</param>
    internal static void Resample(ReadOnlySpan<byte> source, int width, int height, int cell, Span<byte> target, int targetWidth, int targetHeight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(width, height), 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(width, height), MaxSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height, MaxPixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(targetWidth, targetHeight), 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(targetWidth, targetHeight), ushort.MaxValue);
        var (columns, rows) = ((width + cell - 1) / cell, (height + cell - 1) / cell);
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, columns * rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(target.Length, targetWidth * targetHeight);

        var sums = ArrayPool<uint>.Shared.Rent(columns + 1);
        var integral = ArrayPool<ulong>.Shared.Rent(columns + 1);
        var edges = ArrayPool<Edge>.Shared.Rent(targetWidth + 1);
        try
        {
            sums[columns] = 0; // the last edge lies at, or a fraction before, the end of the row
            for (var i = 0; i <= targetWidth; i++) edges[i] = Edge.At((long)i * width, (long)cell * targetWidth);
            var row = sums.AsSpan(0, columns);
            var across = new RowMean(edges.AsSpan(0, targetWidth + 1), (ulong)cell * (ulong)targetWidth, (ulong)width * (ulong)height);
            for (var y = 0; y < targetHeight; y++)
            {
                SumRows(source, row, (long)y * height, (long)(y + 1) * height, (long)cell * targetHeight);
                across.Write(sums.AsSpan(0, columns + 1), integral.AsSpan(0, columns + 1), target.Slice(y * targetWidth, targetWidth));
            }
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(sums);
            ArrayPool<ulong>.Shared.Return(integral);
            ArrayPool<Edge>.Shared.Return(edges);
        }
    }

    /// <summary>Sums the rows between two heights, each weighted by the units of it that lie between; a row is <paramref name="rowUnits"/> high.</summary>
    private static void SumRows(ReadOnlySpan<byte> source, Span<uint> sums, long from, long to, long rowUnits)
    {
        var first = from / rowUnits;
        for (var row = first; row * rowUnits < to; row++)
        {
            var weight = (uint)(Math.Min(to, (row + 1) * rowUnits) - Math.Max(from, row * rowUnits));
            AddRow(source.Slice((int)row * sums.Length, sums.Length), weight, sums, overwrite: row == first);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // at once, for the first films
    private static void AddRow(ReadOnlySpan<byte> pixels, uint weight, Span<uint> sums, bool overwrite)
    {
        if (overwrite) sums.Clear();
        var (x, lanes, weights) = (0, Vector<uint>.Count, new Vector<uint>(weight));
        for (; x + 4 * lanes <= pixels.Length; x += 4 * lanes)
        {
            Vector.Widen(new Vector<byte>(pixels[x..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            var block = sums.Slice(x, 4 * lanes);
            (new Vector<uint>(block) + a * weights).CopyTo(block);
            (new Vector<uint>(block[lanes..]) + b * weights).CopyTo(block[lanes..]);
            (new Vector<uint>(block[(2 * lanes)..]) + c * weights).CopyTo(block[(2 * lanes)..]);
            (new Vector<uint>(block[(3 * lanes)..]) + d * weights).CopyTo(block[(3 * lanes)..]);
        }
        for (; x < pixels.Length; x++) sums[x] += pixels[x] * weight;
    }

    /// <summary>A border between two output pixels: how many whole cells lie before it, and the units of the cell that it cuts.</summary>
    private readonly record struct Edge(int Cells, uint Rest)
    {
        public static Edge At(long units, long cellUnits) => new((int)(units / cellUnits), (uint)(units % cellUnits));
    }

    /// <summary>Turns a row of column sums into output pixels: differences of the row's integral at the edges, over the area of an output pixel.</summary>
    private readonly ref struct RowMean(ReadOnlySpan<Edge> edges, ulong cellUnits, ulong area)
    {
        private readonly ReadOnlySpan<Edge> _edges = edges;

        // Rounded-up reciprocal: floor(n / area) = floor(n * reciprocal / 2^64) exactly while n * area < 2^64 (Granlund and Montgomery
        // 1994), and n is at most 255.5 * area.
        private readonly ulong _reciprocal = area > 1 ? ulong.MaxValue / area + 1 : 0;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)] // at once, for the first films
        public void Write(ReadOnlySpan<uint> sums, Span<ulong> integral, Span<byte> target)
        {
            var running = 0ul;
            for (var x = 0; x < integral.Length; x++)
            {
                integral[x] = running;
                running += sums[x];
            }
            var before = 0ul;
            for (var x = 0; x < target.Length; x++)
            {
                var edge = _edges[x + 1];
                var here = cellUnits * integral[edge.Cells] + (ulong)edge.Rest * sums[edge.Cells];
                target[x] = (byte)Divide(here - before + area / 2);
                before = here;
            }
        }

        private ulong Divide(ulong sum) => area > 1 ? Math.BigMul(sum, _reciprocal, out _) : sum;
    }
}
