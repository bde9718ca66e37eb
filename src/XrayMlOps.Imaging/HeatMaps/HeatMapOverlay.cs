using SkiaSharp;

namespace XrayMlOps.Imaging.HeatMaps;

/// <summary>A film with a heat map laid over it: where the map is high the film shines through in violet, red and yellow; where it is low it stays as it is.</summary>
public static class HeatMapOverlay
{
    private const float Strength = 0.7f;

    /// <summary>Colours from the lowest value to the highest, of even brightness steps, so that they can be told apart without seeing colours.</summary>
    private static readonly (float Red, float Green, float Blue)[] s_ramp = [(48, 10, 92), (140, 41, 129), (222, 73, 104), (254, 159, 109), (252, 253, 191)];

    /// <summary>Draws it.</summary>
    /// <param name="film">Grey, 0 to 1, of <c>[height, width]</c>, row by row.</param>
    /// <param name="map">At least 0, of <c>[mapHeight, mapWidth]</c>, over the whole film; it is interpolated linearly between the middles of its places.</param>
    /// <returns>PNG of the film's size. A map of zeros leaves the film as it is.</returns>
    public static byte[] Draw(ReadOnlySpan<float> film, int height, int width, ReadOnlySpan<float> map, int mapHeight, int mapWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(film.Length, height * width, nameof(film));
        ArgumentOutOfRangeException.ThrowIfNotEqual(map.Length, mapHeight * mapWidth, nameof(map));
        var highest = 0f;
        foreach (var value in map) highest = Math.Max(highest, value);
        var scale = highest > 0 && float.IsFinite(highest) ? 1 / highest : 0;

        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (var row = 0; row < height; row++)
        {
            var (above, below, down) = Between(row, height, mapHeight);
            for (var column = 0; column < width; column++)
            {
                var (left, right, across) = Between(column, width, mapWidth);
                var upper = float.Lerp(map[above * mapWidth + left], map[above * mapWidth + right], across);
                var lower = float.Lerp(map[below * mapWidth + left], map[below * mapWidth + right], across);
                Blend(255 * film[row * width + column], scale * float.Lerp(upper, lower, down), pixels.Slice(row * bitmap.RowBytes + 4 * column, 4));
            }
        }
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>The two places of the map around a pixel, and how far it is from the first to the second.</summary>
    private static (int First, int Second, float Way) Between(int pixel, int pixels, int places)
    {
        var place = Math.Clamp((pixel + 0.5f) * places / pixels - 0.5f, 0, places - 1);
        var first = (int)place;
        return (first, Math.Min(first + 1, places - 1), place - first);
    }

    private static void Blend(float grey, float heat, Span<byte> pixel)
    {
        var (first, second, way) = Between((int)(heat * 255), 256, s_ramp.Length);
        var (low, high) = (s_ramp[first], s_ramp[second]);
        pixel[0] = Mix(float.Lerp(low.Red, high.Red, way));
        pixel[1] = Mix(float.Lerp(low.Green, high.Green, way));
        pixel[2] = Mix(float.Lerp(low.Blue, high.Blue, way));
        pixel[3] = 255;

        byte Mix(float colour) => (byte)Math.Clamp(float.Lerp(grey, colour, Strength * heat) + 0.5f, 0, 255);
    }
}
