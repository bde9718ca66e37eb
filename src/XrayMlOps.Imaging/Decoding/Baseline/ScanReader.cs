using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace XrayMlOps.Imaging.Decoding.Baseline;

/// <summary>Reads the blocks of the one scan of a grey baseline JPEG (ITU-T T.81, F.2.2), dequantised.</summary>
/// <param name="scan">From the scan's first byte on, to the end of the file.</param>
/// <param name="steps">Of the 64 coefficients in zigzag order.</param>
internal ref struct ScanReader(ReadOnlySpan<byte> scan, HuffmanTable dc, HuffmanTable ac, ReadOnlySpan<QuantisationStep> steps)
{
    private const int Coefficients = 64, Longest = 31; // bits of a code and its number

    /// <summary>Zeros behind the data: as many bytes as one block can take, at 31 bits a coefficient, and a look ahead.</summary>
    private const int Beyond = Coefficients * Longest / 8 + 2 * sizeof(ulong);

    private readonly ReadOnlySpan<byte> _scan = scan;
    private readonly ReadOnlySpan<QuantisationStep> _steps = steps;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(scan.Length + Beyond);
    private int _next; // where in the scan the data of this interval ends
    private int _length; // of the interval, in the buffer
    private int _at; // of the next byte in the buffer
    private ulong _bits; // the next ones, from the top
    private int _count; // how many of them count as read
    private int _lastDc;

    /// <summary>Gives the buffer back.</summary>
    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Begins with the data up to the next marker.</summary>
    public void Begin()
    {
        (_length, _at, _bits, _count, _lastDc) = (0, 0, 0, 0, 0);
        while (true)
        {
            var rest = _scan[_next..];
            var plain = rest.IndexOf((byte)0xFF);
            if (plain < 0) plain = rest.Length;
            var isStuffed = plain + 1 < rest.Length && rest[plain + 1] == 0; // the zero behind it says that it is no marker
            rest[..(isStuffed ? plain + 1 : plain)].CopyTo(_buffer.AsSpan(_length));
            _length += isStuffed ? plain + 1 : plain;
            _next += isStuffed ? plain + 2 : plain;
            if (!isStuffed) break;
        }
        _buffer.AsSpan(_length, Beyond).Clear();
    }

    /// <summary>Reads a block; false if it is damaged.</summary>
    /// <param name="coefficients"><c>[64, BlockTransform.Lanes]</c> in natural order, zero where this block is to be.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // at once: while it waits for that, a film takes ten times as long
    public bool TryReadBlock(scoped Span<int> coefficients, int lane)
    {
        if (Left < 0) return false; // so that the zeros behind the data are enough
        if (_count < Longest) Refill();
        var code = dc.Look(_bits);
        if (!code.IsCode || code.Run != 0) return false;
        if (code.HasNumber) _lastDc += code.Number(_bits);
        if (_lastDc != (short)_lastDc) return false;
        coefficients[lane] = _lastDc * _steps[0].Size;

        // This is where a film's time goes: in registers, and without checks of what cannot be otherwise. There are 2^LookAhead codes and 64 steps,
        // each within the coefficients.
        var (bits, count) = (code.Pass(_bits), _count - code.Total);
        ref var codes = ref MemoryMarshal.GetReference(ac.Codes);
        ref var steps = ref MemoryMarshal.GetReference(_steps);
        ref var block = ref coefficients[lane];
        for (var k = 1; k < Coefficients; k++)
        {
            if (count < Longest)
            {
                (_bits, _count) = (bits, count);
                Refill();
                (bits, count) = (_bits, _count);
            }
            code = Unsafe.Add(ref codes, (nint)(bits >> (64 - HuffmanTable.LookAhead)));
            if (!code.HasNumber)
            {
                if (!code.IsCode) code = ac.Find(bits);
                if (!code.IsCode) return false;
                if (!code.HasNumber)
                {
                    bits = code.Pass(bits);
                    count -= code.Total;
                    if (code.Run != 15) break;
                    k += 15; // no number, but sixteen zeros
                    continue;
                }
            }
            k += code.Run;
            if (k >= Coefficients) return false;
            var step = Unsafe.Add(ref steps, k);
            Unsafe.Add(ref block, step.At) = code.Number(bits) * step.Size;
            bits = code.Pass(bits);
            count -= code.Total;
        }
        (_bits, _count) = (bits, count);
        return true;
    }

    /// <summary>Passes the marker that begins the next interval; false if it does not follow the last block.</summary>
    /// <param name="number">Counts up from 0.</param>
    public bool TryRestart(int number)
    {
        if (!IsBefore((byte)(0xD0 + (number & 7)))) return false;
        _next += 2;
        Begin();
        return true;
    }

    /// <summary>Whether all data has been read and this marker follows.</summary>
    public readonly bool IsBefore(byte marker) => Left is >= 0 and < 8 && _next + 1 < _scan.Length && _scan[_next] == 0xFF && _scan[_next + 1] == marker;

    /// <summary>Fills up to at least 56 bits.</summary>
    private void Refill()
    {
        _bits |= BinaryPrimitives.ReadUInt64BigEndian(_buffer.AsSpan(_at)) >> _count; // what does not count yet is laid over itself the next time
        _at += (63 - _count) >> 3;
        _count |= 56;
    }

    /// <summary>Bits of this interval that were not read; below 0 if there were too few.</summary>
    private readonly int Left => 8 * (_length - _at) + _count;
}
