using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace XrayMlOps.Imaging.Decoding.Baseline;

/// <summary>
/// Turns <see cref="Lanes"/> blocks of dequantised coefficients into pixels at once, a block a lane: all 8 x 8 of each, or the 4 x 4, 2 x 2 or 1 that
/// it becomes where the picture is reduced.
/// </summary>
/// <remarks>
/// The fixed-point transforms of the Independent JPEG Group's libjpeg (<c>jidctint.c</c>, after Loeffler, Ligtenberg and Moschytz 1989, and
/// <c>jidctred.c</c>), step by step: the pixels are those of every codec built on it, to the bit.
/// </remarks>
internal static class BlockTransform
{
    public const int Lanes = 8, Side = 8;

    /// <summary>
    /// Largest sum of a block's coefficients, signs aside: up to here the transforms fit into 32 bits. That of a picture is at most 8,192, the transform
    /// being orthonormal, and what quantisation adds.
    /// </summary>
    private const int MaxSum = 1 << 14;

    private const int ConstantBits = 13, Pass1Bits = 2; // binary digits of the constants, and those kept between columns and rows

    /// <summary>Writes the blocks; false if the coefficients of one are larger than those of any picture.</summary>
    /// <param name="coefficients"><c>[64, Lanes]</c>, each less than 2^24; overwritten.</param>
    /// <param name="size">Pixels of a block's side in the picture: 8, 4, 2 or 1.</param>
    /// <param name="pixels"><c>[size, stride]</c>, of which the first <c>Lanes * size</c> of each row are written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // at once, for the first films
    public static bool TryWrite(Span<int> coefficients, int size, Span<byte> pixels, int stride)
    {
        var sums = Vector256<int>.Zero;
        for (var at = 0; at < coefficients.Length; at += Lanes) sums += Vector256.Abs(Vector256.Create((ReadOnlySpan<int>)coefficients[at..]));
        if (Vector256.GreaterThanAny(sums, Vector256.Create(MaxSum))) return false;
        switch (size)
        {
            case 8: Write<Whole>(coefficients, pixels, stride); break;
            case 4: Write<Half>(coefficients, pixels, stride); break;
            case 2: Write<Quarter>(coefficients, pixels, stride); break;
            default: WriteMeans(coefficients, pixels); break;
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // at once, for the first films
    private static void Write<TTransform>(Span<int> coefficients, Span<byte> pixels, int stride)
        where TTransform : ITransform
    {
        Span<Vector256<int>> line = stackalloc Vector256<int>[Side];
        for (var column = 0; column < Side; column++)
        {
            if (!TTransform.Reads(column)) continue;
            for (var row = 0; row < Side; row++) line[row] = At(coefficients, row, column);
            TTransform.Apply(line, ConstantBits - Pass1Bits);
            for (var row = 0; row < TTransform.Size; row++) line[row].CopyTo(coefficients[((row * Side + column) * Lanes)..]);
        }
        for (var row = 0; row < TTransform.Size; row++)
        {
            for (var column = 0; column < Side; column++) line[column] = At(coefficients, row, column);
            TTransform.Apply(line, ConstantBits + Pass1Bits + 3);
            TTransform.Store(line, pixels.Slice(row * stride, Lanes * TTransform.Size));
        }
    }

    private static void WriteMeans(ReadOnlySpan<int> coefficients, Span<byte> pixels)
    {
        var means = Limit(Round(Vector256.Create(coefficients), 3));
        for (var lane = 0; lane < Lanes; lane++) pixels[lane] = (byte)means[lane];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> At(ReadOnlySpan<int> coefficients, int row, int column) => Vector256.Create(coefficients[((row * Side + column) * Lanes)..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Round(Vector256<int> sum, int bits) => (sum + Vector256.Create(1 << (bits - 1))) >> bits;

    /// <summary>A pixel from 0 to 255; what is far out of range wraps, as it does in libjpeg's table of 1,024.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Limit(Vector256<int> level) =>
        Vector256.Min(Vector256.Max(((level << 22) >> 22) + Vector256.Create(128), Vector256<int>.Zero), Vector256.Create(255));

    /// <summary>Four pixels of each lane, one behind the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Pack(ReadOnlySpan<Vector256<int>> four) =>
        (Limit(four[0]) | (Limit(four[1]) << 8) | (Limit(four[2]) << 16) | (Limit(four[3]) << 24)).AsUInt32();

    private interface ITransform
    {
        static abstract int Size { get; }

        /// <summary>Whether the rows' transform reads this column at all.</summary>
        static abstract bool Reads(int column);

        /// <summary>Turns eight coefficients into <see cref="Size"/> values, in place, and takes <paramref name="bits"/> off them.</summary>
        static abstract void Apply(Span<Vector256<int>> line, int bits);

        /// <summary>Writes a row of every block.</summary>
        static abstract void Store(ReadOnlySpan<Vector256<int>> line, Span<byte> pixels);
    }

    private readonly struct Whole : ITransform
    {
        public static int Size => 8;

        public static bool Reads(int column) => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply(Span<Vector256<int>> line, int bits)
        {
            var (c0, c1, c2, c3, c4, c5, c6, c7) = (line[0], line[1], line[2], line[3], line[4], line[5], line[6], line[7]);

            var turned = (c2 + c6) * 4433;
            var (low, high) = (turned - c6 * 15137, turned + c2 * 6270);
            var (sum, difference) = ((c0 + c4) << ConstantBits, (c0 - c4) << ConstantBits);
            var (even0, even1, even2, even3) = (sum + high, difference + low, difference - low, sum - high);

            var (z1, z2, z3, z4) = (c7 + c1, c5 + c3, c7 + c3, c5 + c1);
            var z5 = (z3 + z4) * 9633;
            z1 *= -7373;
            z2 *= -20995;
            z3 = z3 * -16069 + z5;
            z4 = z4 * -3196 + z5;
            var (odd0, odd1, odd2, odd3) = (c1 * 12299 + z1 + z4, c3 * 25172 + z2 + z3, c5 * 16819 + z2 + z4, c7 * 2446 + z1 + z3);

            (line[0], line[7]) = (Round(even0 + odd0, bits), Round(even0 - odd0, bits));
            (line[1], line[6]) = (Round(even1 + odd1, bits), Round(even1 - odd1, bits));
            (line[2], line[5]) = (Round(even2 + odd2, bits), Round(even2 - odd2, bits));
            (line[3], line[4]) = (Round(even3 + odd3, bits), Round(even3 - odd3, bits));
        }

        public static void Store(ReadOnlySpan<Vector256<int>> line, Span<byte> pixels)
        {
            var (left, right) = (Pack(line), Pack(line[4..]));
            (Vector256.WidenLower(left) | (Vector256.WidenLower(right) << 32)).AsByte().CopyTo(pixels);
            (Vector256.WidenUpper(left) | (Vector256.WidenUpper(right) << 32)).AsByte().CopyTo(pixels[32..]);
        }
    }

    private readonly struct Half : ITransform
    {
        public static int Size => 4;

        public static bool Reads(int column) => column != 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply(Span<Vector256<int>> line, int bits)
        {
            var (c1, c2, c3, c5, c6, c7) = (line[1], line[2], line[3], line[5], line[6], line[7]);
            var (mean, turned) = (line[0] << (ConstantBits + 1), c2 * 15137 - c6 * 6270);
            var (even0, even1) = (mean + turned, mean - turned);
            var odd0 = c1 * 20995 + c3 * 7373 - c5 * 4926 - c7 * 4176;
            var odd1 = c1 * 8697 - c3 * 17799 + c5 * 11893 - c7 * 1730;
            (line[0], line[3]) = (Round(even0 + odd0, bits + 1), Round(even0 - odd0, bits + 1));
            (line[1], line[2]) = (Round(even1 + odd1, bits + 1), Round(even1 - odd1, bits + 1));
        }

        public static void Store(ReadOnlySpan<Vector256<int>> line, Span<byte> pixels) => Pack(line).AsByte().CopyTo(pixels);
    }

    private readonly struct Quarter : ITransform
    {
        public static int Size => 2;

        public static bool Reads(int column) => column is 0 || column % 2 == 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply(Span<Vector256<int>> line, int bits)
        {
            var (mean, odd) = (line[0] << (ConstantBits + 2), line[1] * 29692 - line[3] * 10426 + line[5] * 6967 - line[7] * 5906);
            (line[0], line[1]) = (Round(mean + odd, bits + 2), Round(mean - odd, bits + 2));
        }

        public static void Store(ReadOnlySpan<Vector256<int>> line, Span<byte> pixels) =>
            Vector256.Narrow((Limit(line[0]) | (Limit(line[1]) << 8)).AsUInt32(), Vector256<uint>.Zero).GetLower().AsByte().CopyTo(pixels);
    }
}
