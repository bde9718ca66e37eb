using System.Buffers.Binary;

namespace XrayMlOps.Inference.Bench.Fuzzing;

/// <summary>Damages bytes as fuzzers do: a few random changes, one after the other, each of a kind that parsers trip over.</summary>
internal sealed class Mutation(Random random)
{
    private const int MostChanges = 6;

    private static readonly long[] s_numbers = [0, 1, -1, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue, uint.MaxValue, long.MinValue];

    private static readonly byte[][] s_tokens =
    [
        [0xFF, 0xD8], [0xFF, 0xD9], [0xFF, 0xC4], [0xFF, 0xDA], [0xFF, 0xC2], [.. "IEND"u8], [.. "IHDR"u8], [.. "DICM"u8], [0xFE, 0xFF, 0x00, 0xE0], [.. "{"u8], [.. "]}"u8],
        [.. "null"u8], [.. "1e999"u8], [.. "NaN"u8], [.. "\"\\uD800\""u8], [.. "\"binary_data_size\":"u8], [.. "[[[[[[[["u8],
    ];

    /// <param name="seeds">From which parts may be taken.</param>
    public byte[] Of(byte[] seed, IReadOnlyList<byte[]> seeds)
    {
        List<byte> bytes = [.. seed];
        for (var change = random.Next(1, MostChanges + 1); change > 0; change--) Change(bytes, seeds);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> seeds)
    {
        // Near the start more often than not: that is where headers are.
        var at = bytes.Count == 0 ? 0 : random.Next(random.Next(2) == 0 ? bytes.Count : Math.Min(bytes.Count, 256));
        switch (random.Next(9))
        {
            case 0 when bytes.Count > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when bytes.Count > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 64)));
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 256))));
                break;
            case 5:
                Overwrite(bytes, at, Number());
                break;
            case 6:
                bytes.InsertRange(at, s_tokens[random.Next(s_tokens.Length)]);
                break;
            case 7:
                Overwrite(bytes, at, s_tokens[random.Next(s_tokens.Length)]);
                break;
            default:
                var other = seeds[random.Next(seeds.Count)];
                var start = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(start, Math.Min(other.Length - start, random.Next(1, 4096))).ToArray());
                break;
        }
    }

    /// <summary>One that overflows something, in 1, 2, 4 or 8 bytes of either order.</summary>
    private byte[] Number()
    {
        var bytes = new byte[8];
        var value = s_numbers[random.Next(s_numbers.Length)];
        var size = 1 << random.Next(4);
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            return bytes[..size];
        }
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes[^size..];
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var index = 0; index < with.Length && at + index < bytes.Count; index++) bytes[at + index] = with[index];
    }
}
