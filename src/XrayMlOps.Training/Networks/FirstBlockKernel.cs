using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<float>;

namespace XrayMlOps.Training.Networks;

/// <summary>
/// Convolution of one grey film with 3 x 3 taps, maximum over 2 x 2, rectifier: in registers, sixteen channels at a time, so that what the
/// convolution gives, four times as much as what is left of it, is never written. The way back computes it again, which costs less than
/// to read it.
/// </summary>
/// <param name="weights">Row-major [10, channels]: nine taps, then the bias.</param>
/// <param name="channels">A multiple of <see cref="LaneCount"/>.</param>
internal readonly unsafe struct FirstBlockKernel(float* weights, int channels, int width, int outputHeight, int outputWidth)
{
    public const int Taps = 9;
    public const int LaneCount = 16;

    /// <param name="film">[height, width]</param>
    /// <param name="output">[outputHeight, outputWidth, channels]</param>
    public void Forward(float* film, float* output)
    {
        for (var channel = 0; channel < channels; channel += LaneCount)
        {
            var filter = new Filter(weights + channel, channels);
            for (var y = 0; y < outputHeight; y++)
            {
                var (row, target) = ((nint)(film + 2 * y * width), (nint)(output + (long)y * outputWidth * channels + channel));
                for (var x = 0; x < outputWidth; x++)
                {
                    var best = filter.Apply((float*)row + 2 * x, width, out _, out _, out _, out _);
                    Vector512.MaxNative(Lanes.Zero, best).Store((float*)target + x * channels);
                }
            }
        }
    }

    /// <param name="gradient">Of the output.</param>
    /// <param name="sums">[10, channels], zero before: the gradient of the weights. Summed row by row, so that rounding stays small.</param>
    public void Backward(float* film, float* gradient, float* sums)
    {
        for (var channel = 0; channel < channels; channel += LaneCount)
        {
            var filter = new Filter(weights + channel, channels);
            for (var y = 0; y < outputHeight; y++)
            {
                var row = film + 2 * y * width;
                var source = gradient + (long)y * outputWidth * channels + channel;
                Lanes s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default, s8 = default, bias = default;
                for (var x = 0; x < outputWidth; x++)
                {
                    var at = row + 2 * x;
                    var best = filter.Apply(at, width, out var a, out var b, out var c, out var d);
                    var rest = Vector512.ConditionalSelect(Vector512.GreaterThan(best, Lanes.Zero), Vector512.Load(source + (long)x * channels), Lanes.Zero);
                    bias += rest;
                    var (ga, gb, gc, gd) = (Lanes.Zero, Lanes.Zero, Lanes.Zero, Lanes.Zero);
                    Part(a, best, ref rest, ref ga); // the first of equal maxima takes all, as in Torch
                    Part(b, best, ref rest, ref gb);
                    Part(c, best, ref rest, ref gc);
                    Part(d, best, ref rest, ref gd);
                    s0 = Add(s0, at, width, ga, gb, gc, gd);
                    s1 = Add(s1, at + 1, width, ga, gb, gc, gd);
                    s2 = Add(s2, at + 2, width, ga, gb, gc, gd);
                    s3 = Add(s3, at + width, width, ga, gb, gc, gd);
                    s4 = Add(s4, at + width + 1, width, ga, gb, gc, gd);
                    s5 = Add(s5, at + width + 2, width, ga, gb, gc, gd);
                    s6 = Add(s6, at + 2 * width, width, ga, gb, gc, gd);
                    s7 = Add(s7, at + 2 * width + 1, width, ga, gb, gc, gd);
                    s8 = Add(s8, at + 2 * width + 2, width, ga, gb, gc, gd);
                }
                var sum = sums + channel;
                foreach (var value in (ReadOnlySpan<Lanes>)[s0, s1, s2, s3, s4, s5, s6, s7, s8, bias])
                {
                    (Vector512.Load(sum) + value).Store(sum);
                    sum += channels;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part(Lanes value, Lanes best, ref Lanes rest, ref Lanes part)
    {
        var here = Vector512.Equals(value, best);
        part = Vector512.ConditionalSelect(here, rest, Lanes.Zero);
        rest = Vector512.ConditionalSelect(here, Lanes.Zero, rest);
    }

    /// <summary>One tap's share of the gradients at the four positions of a maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes Add(Lanes sum, float* at, int width, Lanes a, Lanes b, Lanes c, Lanes d) => Vector512.FusedMultiplyAdd(
        a, Vector512.Create(at[0]), Vector512.FusedMultiplyAdd(
            b, Vector512.Create(at[1]), Vector512.FusedMultiplyAdd(
                c, Vector512.Create(at[width]), Vector512.FusedMultiplyAdd(d, Vector512.Create(at[width + 1]), sum))));

    private readonly struct Filter(float* weights, int channels)
    {
        private readonly Lanes _w0 = Vector512.Load(weights), _w1 = Vector512.Load(weights + channels), _w2 = Vector512.Load(weights + 2 * channels);
        private readonly Lanes _w3 = Vector512.Load(weights + 3 * channels), _w4 = Vector512.Load(weights + 4 * channels), _w5 = Vector512.Load(weights + 5 * channels);
        private readonly Lanes _w6 = Vector512.Load(weights + 6 * channels), _w7 = Vector512.Load(weights + 7 * channels), _w8 = Vector512.Load(weights + 8 * channels);
        private readonly Lanes _bias = Vector512.Load(weights + Taps * channels);

        /// <summary>The largest of the convolution's four values above, right of and below <paramref name="at"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Lanes Apply(float* at, int width, out Lanes a, out Lanes b, out Lanes c, out Lanes d)
        {
            a = At(at, width);
            b = At(at + 1, width);
            c = At(at + width, width);
            d = At(at + width + 1, width);
            return Vector512.MaxNative(Vector512.MaxNative(a, b), Vector512.MaxNative(c, d));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Lanes At(float* at, int width)
        {
            var sum = Vector512.FusedMultiplyAdd(_w0, Vector512.Create(at[0]), _bias);
            sum = Vector512.FusedMultiplyAdd(_w1, Vector512.Create(at[1]), sum);
            sum = Vector512.FusedMultiplyAdd(_w2, Vector512.Create(at[2]), sum);
            at += width;
            sum = Vector512.FusedMultiplyAdd(_w3, Vector512.Create(at[0]), sum);
            sum = Vector512.FusedMultiplyAdd(_w4, Vector512.Create(at[1]), sum);
            sum = Vector512.FusedMultiplyAdd(_w5, Vector512.Create(at[2]), sum);
            at += width;
            sum = Vector512.FusedMultiplyAdd(_w6, Vector512.Create(at[0]), sum);
            sum = Vector512.FusedMultiplyAdd(_w7, Vector512.Create(at[1]), sum);
            return Vector512.FusedMultiplyAdd(_w8, Vector512.Create(at[2]), sum);
        }
    }
}
