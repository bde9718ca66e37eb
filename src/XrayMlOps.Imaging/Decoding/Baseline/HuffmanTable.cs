namespace XrayMlOps.Imaging.Decoding.Baseline;

/// <summary>A Huffman table (ITU-T T.81, annex C) for a reader that looks at the next <see cref="LookAhead"/> bits at once.</summary>
internal sealed class HuffmanTable
{
    public const int LookAhead = 11;

    private const int LongestCode = 16, MaxSymbols = 256;
    private readonly HuffmanCode[] _codes = new HuffmanCode[1 << LookAhead];
    private readonly int[] _limits = new int[LongestCode + 1], _offsets = new int[LongestCode + 1];
    private readonly byte[] _symbols = new byte[MaxSymbols];

    public bool IsFilled { get; private set; }

    /// <summary>By the next <see cref="LookAhead"/> bits; default where their code is longer.</summary>
    public ReadOnlySpan<HuffmanCode> Codes => _codes;

    public void Clear() => IsFilled = false;

    /// <summary>Reads the body of a table: how many codes there are of each length from 1 to 16, then their symbols. False if that makes no table.</summary>
    /// <param name="length">How many bytes it takes.</param>
    public bool TryFill(ReadOnlySpan<byte> body, out int length)
    {
        length = LongestCode;
        if (body.Length < LongestCode) return false;
        foreach (var codes in body[..LongestCode]) length += codes;
        if (length > Math.Min(body.Length, LongestCode + MaxSymbols)) return false;
        body[LongestCode..length].CopyTo(_symbols);

        Array.Clear(_codes);
        var (code, index) = (0, 0);
        for (var bits = 1; bits <= LongestCode; bits++)
        {
            _offsets[bits] = index - code;
            for (var end = index + body[bits - 1]; index < end; index++, code++)
            {
                if (code >= (1 << bits) - 1) return false; // no code is all ones
                if (bits <= LookAhead) _codes.AsSpan(code << (LookAhead - bits), 1 << (LookAhead - bits)).Fill(new HuffmanCode(bits, _symbols[index]));
            }
            _limits[bits] = code << (LongestCode - bits);
            code <<= 1;
        }
        return IsFilled = true;
    }

    /// <summary>The code that <paramref name="bits"/> begin with, from the top; default if none does.</summary>
    public HuffmanCode Look(ulong bits)
    {
        var code = _codes[(int)(bits >> (64 - LookAhead))];
        return code.IsCode ? code : Find(bits);
    }

    /// <summary>The same of a code that is longer than <see cref="LookAhead"/>.</summary>
    public HuffmanCode Find(ulong bits)
    {
        var next = (int)(bits >> (64 - LongestCode));
        for (var length = LookAhead + 1; length <= LongestCode; length++)
        {
            if (next < _limits[length]) return new HuffmanCode(length, _symbols[_offsets[length] + (next >> (LongestCode - length))]);
        }
        return default;
    }
}
