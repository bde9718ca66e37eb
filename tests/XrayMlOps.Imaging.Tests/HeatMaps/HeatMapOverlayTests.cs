using SkiaSharp;
using XrayMlOps.Imaging.HeatMaps;

namespace XrayMlOps.Imaging.Tests.HeatMaps;

public sealed class HeatMapOverlayTests
{
    private const int Height = 40, Width = 60;

    [Fact]
    public void Draw_map_of_zeros_leaves_the_film_as_it_is()
    {
        using var drawn = Draw(new float[6]);
        for (var x = 0; x < Width; x++) Assert.Equal(new SKColor((byte)(x * 4), (byte)(x * 4), (byte)(x * 4)), drawn.GetPixel(x, 7));
    }

    [Fact]
    public void Draw_is_most_colourful_where_the_map_is_highest()
    {
        // Two rows of three places: the last is the lower right.
        using var drawn = Draw([0, 0, 0, 0, 0, 5]);
        Assert.True(Colour(drawn, Width - 10, Height - 10) > 40);
        Assert.Equal(0, Colour(drawn, 9, 9));
        Assert.True(Colour(drawn, Width - 10, Height - 10) > Colour(drawn, Width - 22, Height - 10));
    }

    [Fact]
    public void Draw_depends_on_the_differences_within_the_map_alone()
    {
        using var weak = Draw([0, 1e-6f, 2e-6f, 0, 0, 0]);
        using var strong = Draw([0, 1, 2, 0, 0, 0]);
        Assert.Equal(weak.Bytes, strong.Bytes);
    }

    private static SKBitmap Draw(float[] map)
    {
        var film = new float[Height * Width];
        for (var pixel = 0; pixel < film.Length; pixel++) film[pixel] = pixel % Width * 4 / 255f;
        return SKBitmap.Decode(HeatMapOverlay.Draw(film, Height, Width, map, 2, 3));
    }

    /// <summary>How far from grey.</summary>
    private static int Colour(SKBitmap drawn, int x, int y)
    {
        var pixel = drawn.GetPixel(x, y);
        byte[] channels = [pixel.Red, pixel.Green, pixel.Blue];
        return channels.Max() - channels.Min();
    }
}
