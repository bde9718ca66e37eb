using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Core.Tests.Models;

public sealed class ParitySampleTests
{
    [Theory]
    [InlineData(0, "2d9560dfe43979a9dd3087503084fe5b2b022fde8707f85c5dca44181a0f678b")]
    [InlineData(1, "238308f10482f5c355b374956bcabfbe8f348ad8c47d6c3ea9845756f453ff9d")]
    public void Draw_makes_the_films_that_exported_models_were_scored_on(int film, string digest) => Assert.Equal(digest, Digest.Of(Draw(film, 256, 256)));

    [Fact]
    public void Draw_first_film_rises_from_black_to_white()
    {
        var pixels = Draw(0, 24, 40);
        Assert.Equal((0, 255), (pixels[0], pixels[^1]));
        Assert.All(pixels.Chunk(40), row => Assert.Equal(row.Order(), row));
    }

    [Fact]
    public void Draw_second_film_is_of_squares_in_most_greys()
    {
        var pixels = Draw(1, 256, 256);
        Assert.All(Enumerable.Range(0, pixels.Length), pixel => Assert.Equal(pixels[pixel / 256 / 8 * 8 * 256 + pixel % 256 / 8 * 8], pixels[pixel]));
        Assert.True(pixels.Distinct().Count() > 200);
    }

    [Fact]
    public void Draw_fills_films_of_one_pixel_and_refuses_what_it_does_not_know()
    {
        Assert.Equal([0], Draw(0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw(ParitySample.Films, 8, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => ParitySample.Draw(0, 8, 8, new byte[63]));
    }

    private static byte[] Draw(int film, int height, int width)
    {
        var pixels = new byte[height * width];
        ParitySample.Draw(film, height, width, pixels);
        return pixels;
    }
}
