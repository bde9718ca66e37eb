using System.Numerics;
using System.Runtime.InteropServices;

namespace XrayMlOps.Inference;

/// <summary>The last step of the preprocessing: <c>(float)pixel / 255f</c>, to the bit as the trainer computes it.</summary>
public static class PixelNormalisation
{
    /// <param name="pixels">Grey, 0 to 255.</param>
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
}
