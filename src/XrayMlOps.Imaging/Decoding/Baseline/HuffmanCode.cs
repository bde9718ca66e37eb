namespace XrayMlOps.Imaging.Decoding.Baseline;

/// <summary>
/// The code that the next bits begin with: how long it is, and what its symbol says of the zeros that are passed over and of the bits of a number that
/// follow. Default: no code.
/// </summary>
internal readonly record struct HuffmanCode
{
    // A byte each of the bits of code and number, the bits of the code, 63 less the bits of the number, and the zeros; then what a number that begins with 0 is
    // short of. A shift takes the lower six bits of its count alone, so that none need be cut out.
    private const int LengthShift = 8, NumberShift = 16, RunShift = 24, ShortShift = 32;
    private readonly long _packed;

    /// <param name="length">Of the code, in bits; 1 to 16.</param>
    public HuffmanCode(int length, byte symbol)
    {
        var size = symbol & 15;
        _packed = ((1L - (1 << size)) << ShortShift) | ((long)symbol >> 4 << RunShift) | ((63L - size) << NumberShift) | ((long)length << LengthShift) | (long)(length + size);
    }

    public bool IsCode => _packed != 0;

    /// <summary>Whether a number follows, which is not 0.</summary>
    public bool HasNumber => _packed < 0;

    /// <summary>Zeros before the number; 0 to 15.</summary>
    public int Run => (int)(_packed >> RunShift) & 15;

    /// <summary>Bits of the code and the number; 1 to 31.</summary>
    public int Total => (int)_packed & 31;

    /// <summary>What is left of <paramref name="bits"/> behind code and number.</summary>
    public ulong Pass(ulong bits) => bits << (int)_packed;

    /// <summary>The number (ITU-T T.81, F.2.2.1: EXTEND), without a branch: its sign is as good as random.</summary>
    /// <param name="bits">From the code's first one on, from the top.</param>
    public int Number(ulong bits)
    {
        var behind = (long)(bits << (int)(_packed >> LengthShift));
        var beginsWith0 = ~(behind >> 63);
        return (int)((long)((ulong)behind >> 1 >> (int)(_packed >> NumberShift)) + (beginsWith0 & (_packed >> ShortShift)));
    }
}
