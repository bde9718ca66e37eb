using System.Runtime.InteropServices;
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
    public void ToUnit_pixels_in_the_last_quarter_of_the_films_equals_the_same_from_elsewhere() =>
        Gen.Byte.Array[0, 300].Sample(pixels =>
        {
            var (apart, inPlace) = (new float[pixels.Length], new float[pixels.Length]);
            PixelNormalisation.ToUnit(pixels, apart);
            var last = MemoryMarshal.AsBytes(inPlace.AsSpan())[(3 * pixels.Length)..];
            pixels.CopyTo(last);
            PixelNormalisation.ToUnit(last, inPlace);
            return apart.SequenceEqual(inPlace);
        });

    [Fact]
    public void ToUnit_too_few_floats_is_refused() =>
        Assert.Throws<ArgumentException>(() => PixelNormalisation.ToUnit(new byte[4], new float[3]));

    [Fact]
    public void ToPixels_takes_back_every_pixel_and_keeps_to_the_range()
    {
        var pixels = Enumerable.Range(0, 1_000).Select(pixel => (byte)pixel).ToArray();
        var films = new float[pixels.Length];
        PixelNormalisation.ToUnit(pixels, films);
        (films[3], films[500], films[999]) = (-7f, 2f, 1.001f);
        (pixels[3], pixels[500], pixels[999]) = (0, 255, 255);
        var back = new byte[pixels.Length];
        PixelNormalisation.ToPixels(films, back);
        Assert.Equal(pixels, back);
    }
}
