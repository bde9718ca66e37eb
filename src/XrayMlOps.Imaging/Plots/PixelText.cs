using SkiaSharp;
using XrayMlOps.Imaging.Sheets;

namespace XrayMlOps.Imaging.Plots;

/// <summary>Text in <see cref="PixelFont"/> on a canvas.</summary>
internal static class PixelText
{
    /// <param name="scale">Pixels of a side of a glyph's dot.</param>
    public static int Width(string text, int scale) => text.Length * SheetCanvas.Advance(scale) - scale;

    public static void Write(this SKCanvas canvas, string text, float left, float top, int scale, SKColor colour)
    {
        var (x0, y0) = (MathF.Round(left), MathF.Round(top)); // a dot is whole pixels, so that it is sharp
        using var paint = new SKPaint { Color = colour };
        foreach (var (number, character) in text.Index())
        {
            var glyph = PixelFont.Glyph(character);
            for (var dot = 0; dot < PixelFont.GlyphColumns * PixelFont.GlyphRows; dot++)
            {
                var (column, row) = (dot / PixelFont.GlyphRows, dot % PixelFont.GlyphRows);
                if ((glyph[column] >> row & 1) == 1)
                    canvas.DrawRect(x0 + number * SheetCanvas.Advance(scale) + column * scale, y0 + row * scale, scale, scale, paint);
            }
        }
    }
}
