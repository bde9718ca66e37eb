using System.Numerics;
using System.Runtime.InteropServices;

namespace XrayMlOps.Inference;

/// <summary>The last step of the preprocessing: <c>(float)pixel / 255f</c>, to the bit as the trainer computes it.</summary>
public static class PixelNormalisation
{
    /// <param name="pixels">Grey, 0 to 255. They may be the last quarter of the memory of <paramref name="films"/>: each is read before it is written over.</param>
    /// <param name="films">Receives one float32 in [0, 1] a pixel; of the same length.</param>
    public static void ToUnit(ReadOnlySpan<byte> pixels, Span<float> films)
    {
        if (pixels.Length != films.Length) throw new ArgumentException($"{pixels.Length} pixels do not fill {films.Length} floats", nameof(films));
        // A division, because multiplying by the rounded 1 / 255 differs in the last bit for some pixels.
        var scale = new Vector<float>(255f);
        var done = 0;
        for (; done <= pixels.Length - Vector<byte>.Count; done += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(pixels[done..]), out var low, out var high);
            Vector.Widen(low, out var first, out var second);
            Vector.Widen(high, out var third, out var fourth);
            var quarters = MemoryMarshal.Cast<float, Vector<float>>(films.Slice(done, Vector<byte>.Count));
            // As signed integers, since that conversion is one instruction and 255 fits.
            quarters[0] = Vector.ConvertToSingle(first.As<uint, int>()) / scale;
            quarters[1] = Vector.ConvertToSingle(second.As<uint, int>()) / scale;
            quarters[2] = Vector.ConvertToSingle(third.As<uint, int>()) / scale;
            quarters[3] = Vector.ConvertToSingle(fourth.As<uint, int>()) / scale;
        }
        for (; done < pixels.Length; done++) films[done] = pixels[done] / 255f;
    }

    /// <summary>Back to grey values: a float times 255, rounded to the nearest, 0 to 255.</summary>
    /// <param name="films">What is no number becomes some grey value.</param>
    /// <param name="pixels">Receives one byte a float; of the same length.</param>
    public static void ToPixels(ReadOnlySpan<float> films, Span<byte> pixels)
    {
        if (pixels.Length != films.Length) throw new ArgumentException($"{films.Length} floats do not fill {pixels.Length} pixels", nameof(pixels));
        var done = 0;
        for (; done <= films.Length - Vector<byte>.Count; done += Vector<byte>.Count)
        {
            var quarters = MemoryMarshal.Cast<float, Vector<float>>(films.Slice(done, Vector<byte>.Count));
            var low = Vector.Narrow(Rounded(quarters[0]), Rounded(quarters[1]));
            var high = Vector.Narrow(Rounded(quarters[2]), Rounded(quarters[3]));
            Vector.Narrow(low, high).CopyTo(pixels[done..]);
        }
        for (; done < films.Length; done++) pixels[done] = (byte)(Math.Clamp(films[done], 0, 1) * 255f + 0.5f);
    }

    private static Vector<uint> Rounded(Vector<float> values) =>
        Vector.ConvertToInt32(Vector.Min(Vector.Max(values, Vector<float>.Zero), Vector<float>.One) * 255f + new Vector<float>(0.5f)).As<int, uint>();
}
