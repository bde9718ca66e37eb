using SkiaSharp;

namespace XrayMlOps.Inference.Tests;

/// <summary>Small films whose grey values a test knows.</summary>
internal static class TestFilm
{
    /// <summary>A PNG of one grey value.</summary>
    public static byte[] Png(byte gray, int width = 96, int height = 64) => Encode(SKEncodedImageFormat.Png, width, height, (_, _) => gray);

    /// <summary>A JPEG that gets brighter from left to right.</summary>
    public static byte[] Jpeg(int width = 96, int height = 64) => Encode(SKEncodedImageFormat.Jpeg, width, height, (x, _) => (byte)(x * 255 / width));

    private static byte[] Encode(SKEncodedImageFormat format, int width, int height, Func<int, int, byte> gray)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        var pixels = bitmap.GetPixelSpan();
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++) pixels[y * bitmap.RowBytes + x] = gray(x, y);
        }
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }
}
