using System.Runtime.InteropServices;
using SkiaSharp;

namespace XrayMlOps.Imaging.Sheets;

/// <summary>A picture that is drawn on and encoded: filled rectangles, grey films and text in <see cref="PixelFont"/>.</summary>
internal sealed class SheetCanvas : IDisposable
{
    private readonly SKBitmap _bitmap;

    public SheetCanvas(int width, int height, SKColor background)
    {
        _bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Fill(0, 0, width, height, background);
    }

    /// <summary>From one character to the next.</summary>
    public static int Advance(int scale) => (PixelFont.GlyphColumns + 1) * scale;

    /// <summary>From one line to the next.</summary>
    public static int LineHeight(int scale) => (PixelFont.GlyphRows + 2) * scale;

    public void Fill(int left, int top, int width, int height, SKColor colour)
    {
        for (var y = top; y < top + height; y++) Row(y).Slice(left, width).Fill(Packed(colour));
    }

    public void Draw(ReadOnlySpan<byte> gray, int side, int left, int top)
    {
        for (var y = 0; y < side; y++)
        {
            var row = Row(top + y).Slice(left, side);
            for (var x = 0; x < side; x++) row[x] = Packed(new SKColor(gray[y * side + x], gray[y * side + x], gray[y * side + x]));
        }
    }

    /// <summary>Writes one line; what would leave the picture on the right is left out.</summary>
    /// <param name="scale">Pixels of a side of a glyph's dot.</param>
    public void Write(string text, int left, int top, int scale, SKColor colour)
    {
        for (var i = 0; i < text.Length && left + (i + 1) * Advance(scale) <= _bitmap.Width; i++)
        {
            var glyph = PixelFont.Glyph(text[i]);
            for (var dot = 0; dot < PixelFont.GlyphColumns * PixelFont.GlyphRows; dot++)
            {
                var (column, row) = (dot / PixelFont.GlyphRows, dot % PixelFont.GlyphRows);
                if ((glyph[column] >> row & 1) == 1) Fill(left + i * Advance(scale) + column * scale, top + row * scale, scale, scale, colour);
            }
        }
    }

    public byte[] ToPng()
    {
        using var png = _bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    public void Dispose() => _bitmap.Dispose();

    private Span<uint> Row(int y) => MemoryMarshal.Cast<byte, uint>(_bitmap.GetPixelSpan().Slice(y * _bitmap.RowBytes, _bitmap.RowBytes));

    private static uint Packed(SKColor colour) => (uint)(colour.Red | colour.Green << 8 | colour.Blue << 16 | 0xFF << 24);
}
