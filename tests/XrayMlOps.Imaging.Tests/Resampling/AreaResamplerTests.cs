using CsCheck;
using XrayMlOps.Imaging.Resampling;

namespace XrayMlOps.Imaging.Tests.Resampling;

public sealed class AreaResamplerTests
{
    private static readonly Gen<(int Width, int Height, int TargetWidth, int TargetHeight, int Seed)> s_cases =
        Gen.Select(Gen.Int[1, 150], Gen.Int[1, 150], Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int);

    [Fact]
    public void Result_is_the_exact_mean_rounded_to_nearest() => s_cases.Sample(sizes =>
    {
        var (width, height, targetWidth, targetHeight, seed) = sizes;
        var source = RandomPixels(width * height, seed);

        var actual = Resample(source, width, height, targetWidth, targetHeight);

        var exact = Reference(source, width, height, 1, targetWidth, targetHeight);
        for (var i = 0; i < actual.Length; i++) Assert.InRange(actual[i] - exact[i], -0.5 - 1e-9, 0.5 + 1e-9);
    }, iter: 300);

    [Fact]
    public void Reduced_input_keeps_the_geometry_of_the_original() => Gen.Select(s_cases, Gen.Int[1, 3].Select(power => 1 << power)).Sample((sizes, cell) =>
    {
        var (width, height, targetWidth, targetHeight, seed) = sizes;
        var source = RandomPixels((width + cell - 1) / cell * ((height + cell - 1) / cell), seed);
        var actual = new byte[targetWidth * targetHeight];

        AreaResampler.Resample(source, width, height, cell, actual, targetWidth, targetHeight);

        var exact = Reference(source, width, height, cell, targetWidth, targetHeight);
        for (var i = 0; i < actual.Length; i++) Assert.InRange(actual[i] - exact[i], -0.5 - 1e-9, 0.5 + 1e-9);
    }, iter: 300);

    [Fact]
    public void Equal_size_changes_nothing() => Gen.Select(Gen.Int[1, 300], Gen.Int[1, 60], Gen.Int).Sample((width, height, seed) =>
    {
        var source = RandomPixels(width * height, seed);
        Assert.Equal(source, Resample(source, width, height, width, height));
    }, iter: 100);

    [Fact]
    public void Constant_picture_stays_constant() => Gen.Select(s_cases, Gen.Byte).Sample((sizes, gray) =>
    {
        var source = Enumerable.Repeat(gray, sizes.Width * sizes.Height).ToArray();
        Assert.All(Resample(source, sizes.Width, sizes.Height, sizes.TargetWidth, sizes.TargetHeight), pixel => Assert.Equal(gray, pixel));
    }, iter: 100);

    [Fact]
    public void Whitest_picture_at_the_limits_does_not_overflow()
    {
        Assert.Equal(255, Resample(White(AreaResampler.MaxSide), 1, AreaResampler.MaxSide, 1, 1)[0]);
        Assert.Equal(255, Resample(White(AreaResampler.MaxSide), AreaResampler.MaxSide, 1, 1024, 1).Min());
        Assert.Equal(255, Resample(White(AreaResampler.MaxPixels), 1 << 14, 1 << 14, 3, 3).Min());

        static byte[] White(int pixels)
        {
            var white = new byte[pixels];
            Array.Fill(white, (byte)255);
            return white;
        }
    }

    [Fact]
    public void Whole_factor_is_the_mean_of_blocks()
    {
        byte[] source = [1, 3, 10, 20, 5, 7, 30, 41];

        Assert.Equal<byte>([4, 25], Resample(source, 4, 2, 2, 1)); // 16 / 4 and 101 / 4
    }

    [Fact]
    public void Wrong_buffer_length_throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AreaResampler.Resample(new byte[11], 3, 4, new byte[4], 2, 2));

    private static byte[] RandomPixels(int count, int seed)
    {
        var pixels = new byte[count];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    private static byte[] Resample(byte[] source, int width, int height, int targetWidth, int targetHeight)
    {
        var target = new byte[targetWidth * targetHeight];
        AreaResampler.Resample(source, width, height, target, targetWidth, targetHeight);
        return target;
    }

    /// <summary>The definition, in doubles: every output pixel over every input cell it touches.</summary>
    private static double[] Reference(byte[] source, int width, int height, int cell, int targetWidth, int targetHeight)
    {
        var columns = (width + cell - 1) / cell;
        var exact = new double[targetWidth * targetHeight];
        for (var i = 0; i < exact.Length; i++)
        {
            var (left, right) = Extent(i % targetWidth, width, targetWidth);
            var (top, bottom) = Extent(i / targetWidth, height, targetHeight);
            var sum = 0.0;
            for (var y = (int)(top / cell); y * cell < bottom; y++)
            {
                var tall = Math.Max(0, Math.Min(bottom, (y + 1) * cell) - Math.Max(top, y * cell));
                for (var x = (int)(left / cell); tall > 1e-9 && x * cell < right; x++)
                {
                    var wide = Math.Max(0, Math.Min(right, (x + 1) * cell) - Math.Max(left, x * cell));
                    if (wide > 1e-9) sum += tall * wide * source[y * columns + x];
                }
            }
            exact[i] = sum / ((right - left) * (bottom - top));
        }
        return exact;

        static (double From, double To) Extent(int index, int length, int parts) => ((double)index * length / parts, (index + 1.0) * length / parts);
    }
}
