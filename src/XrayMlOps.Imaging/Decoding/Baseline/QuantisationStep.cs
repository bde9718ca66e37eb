namespace XrayMlOps.Imaging.Decoding.Baseline;

/// <summary>What a coefficient is multiplied with, 0 to 255, and where in natural order, <c>[64, BlockTransform.Lanes]</c>, it belongs.</summary>
internal readonly record struct QuantisationStep
{
    private readonly int _packed; // one load for both

    /// <param name="k">Of the zigzag order (ITU-T T.81, figure A.6); 0 to 63.</param>
    public QuantisationStep(int k, byte size) => _packed = (Zigzag[k] * BlockTransform.Lanes << 8) | size;

    public int At => _packed >> 8;

    public int Size => _packed & 0xFF;

    private static ReadOnlySpan<byte> Zigzag =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];
}
