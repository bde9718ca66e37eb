using System.Numerics;
using System.Runtime.InteropServices;

namespace XrayMlOps.Imaging.Decoding;

/// <summary>
/// BT.601 luma in 16-bit fixed point, rounded to nearest: (19,595 R + 38,470 G + 7,471 B + 32,768) / 65,536. The weights sum to
/// 65,536, so a grey pixel stored as colour keeps its value exactly.
/// </summary>
internal static class Luma
{
    private const uint Red = 19_595, Green = 38_470, Blue = 7_471, Half = 32_768;

    /// <summary>Turns RGBA pixels into grey ones in place: the first quarter of <paramref name="rgba"/> holds them afterwards.</summary>
    public static void Compact(Span<byte> rgba)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(rgba);
        var done = 0;
        if (BitConverter.IsLittleEndian)
        {
            for (var lanes = Vector<uint>.Count; done + 4 * lanes <= pixels.Length; done += 4 * lanes)
            {
                var block = pixels.Slice(done, 4 * lanes);
                var low = Vector.Narrow(Of(new Vector<uint>(block)), Of(new Vector<uint>(block[lanes..])));
                var high = Vector.Narrow(Of(new Vector<uint>(block[(2 * lanes)..])), Of(new Vector<uint>(block[(3 * lanes)..])));
                Vector.Narrow(low, high).CopyTo(rgba[done..]);
            }
        }
        for (; done < pixels.Length; done++)
        {
            var pixel = rgba.Slice(4 * done, 4);
            rgba[done] = (byte)((pixel[0] * Red + pixel[1] * Green + pixel[2] * Blue + Half) >> 16);
        }
    }

    private static Vector<uint> Of(Vector<uint> pixels)
    {
        var octet = new Vector<uint>(0xFF);
        return (((pixels & octet) * Red) + (((pixels >>> 8) & octet) * Green) + (((pixels >>> 16) & octet) * Blue) + new Vector<uint>(Half)) >>> 16;
    }
}
