using SkiaSharp;

namespace XrayMlOps.Imaging.Sheets;

/// <summary>Many films on one picture: a grid with a title and captions, as PNG.</summary>
public static class ContactSheet
{
    /// <summary>Films of the largest sheet: about 300 MB while it is drawn.</summary>
    public const int MaxCells = 1024;

    private const int TitleScale = 3, CaptionScale = 2, Gap = 16, Padding = 4, Frame = 4;
    private const int CellWidth = SheetCell.Side + 2 * Padding;

    private static readonly SKColor Background = new(0xFF121417), GroupBackground = new(0xFF2A3038), Bright = new(0xFFF2F4F7), Dim = new(0xFFB4BCC8);

    /// <param name="columns">1 to 32.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="MaxCells"/> films, or <paramref name="columns"/> is out of range.</exception>
    public static byte[] Render(string title, IReadOnlyList<SheetCell> cells, int columns) => Render(title, [.. cells.Select(cell => new[] { cell })], columns);

    /// <summary>The same with films that belong together side by side, on one ground; a group breaks over rows only if it is longer than one.</summary>
    public static byte[] Render(string title, IReadOnlyList<IReadOnlyList<SheetCell>> groups, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groups.Sum(group => group.Count), MaxCells, nameof(groups));
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, 32);
        var rows = Arrange(groups, columns);
        var heights = rows.Select(row => CellHeight(row.Select(place => place.Cell))).ToArray();
        var top = Gap + SheetCanvas.LineHeight(TitleScale) + Gap;

        using var canvas = new SheetCanvas(Gap + columns * (CellWidth + Gap), top + heights.Sum(height => height + Gap), Background);
        canvas.Write(title, Gap, Gap, TitleScale, Bright);
        foreach (var (row, height) in rows.Zip(heights))
        {
            foreach (var place in row)
            {
                var left = Gap + place.Column * (CellWidth + Gap);
                if (place.IsGrouped) canvas.Fill(left, top, CellWidth + (place.IsContinued ? Gap : 0), height, GroupBackground);
                Draw(canvas, place.Cell, left, top);
            }
            top += height + Gap;
        }
        return canvas.ToPng();
    }

    private static void Draw(SheetCanvas canvas, SheetCell cell, int left, int top)
    {
        if (ColourOf(cell.Tint) is { } colour) canvas.Fill(left + Padding - Frame, top + Padding - Frame, SheetCell.Side + 2 * Frame, SheetCell.Side + 2 * Frame, colour);
        canvas.Draw(cell.Pixels.Span, SheetCell.Side, left + Padding, top + Padding);
        top += CellWidth + Padding;
        foreach (var (number, line) in cell.Caption.Index())
        {
            foreach (var part in Wrap(line))
            {
                canvas.Write(part, left + Padding, top, CaptionScale, number == 0 ? Bright : Dim);
                top += SheetCanvas.LineHeight(CaptionScale);
            }
        }
    }

    private static List<List<Place>> Arrange(IReadOnlyList<IReadOnlyList<SheetCell>> groups, int columns)
    {
        List<List<Place>> rows = [];
        foreach (var group in groups)
        {
            var fits = rows is [.., var last] && last.Count + group.Count <= columns;
            foreach (var (number, cell) in group.Index())
            {
                if (rows is [] || rows[^1].Count == columns || (number == 0 && !fits)) rows.Add([]);
                var column = rows[^1].Count;
                rows[^1].Add(new Place(cell, column, group.Count > 1, number + 1 < group.Count && column + 1 < columns));
            }
        }
        return rows;
    }

    private static int CellHeight(IEnumerable<SheetCell> cells) =>
        CellWidth + Padding + cells.Max(cell => cell.Caption.Sum(line => Wrap(line).Count())) * SheetCanvas.LineHeight(CaptionScale);

    /// <summary>Breaks a line at a space, or within a word that is longer than the cell is wide.</summary>
    private static IEnumerable<string> Wrap(string line)
    {
        const int Width = SheetCell.Side / (CaptionScale * (PixelFont.GlyphColumns + 1));
        while (line.Length > Width)
        {
            var space = line.LastIndexOf(' ', Width);
            var length = space > 0 ? space : Width;
            yield return line[..length];
            line = line[length..].TrimStart();
        }
        yield return line;
    }

    private static SKColor? ColourOf(SheetTint tint) => tint switch
    {
        SheetTint.Blue => new SKColor(0xFF4C9AFF),
        SheetTint.Amber => new SKColor(0xFFFFB020),
        SheetTint.Red => new SKColor(0xFFF04438),
        _ => null,
    };

    /// <param name="IsGrouped">It has neighbours of its own group.</param>
    /// <param name="IsContinued">The next place of the row has the same group.</param>
    private readonly record struct Place(SheetCell Cell, int Column, bool IsGrouped, bool IsContinued);
}
