using CsCheck;

namespace XrayMlOps.Inference.Tests;

public sealed class PixelNormalisationTests
{
    [Fact]
    public void ToUnit_any_pixels_equals_the_division_to_the_bit() =>
        Gen.Byte.Array[0, 300].Sample(pixels =>
        {
            var films = new float[pixels.Length];
            PixelNormalisation.ToUnit(pixels, films);
            return pixels.Select(pixel => BitConverter.SingleToInt32Bits(pixel / 255f)).SequenceEqual(films.Select(BitConverter.SingleToInt32Bits));
        });

    [Fact]
    public void ToUnit_too_few_floats_is_refused() =>
        Assert.Throws<ArgumentException>(() => PixelNormalisation.ToUnit(new byte[4], new float[3]));
}
