using SkiaSharp;
using XrayMlOps.Imaging.Sheets;

namespace XrayMlOps.Imaging.Plots;

/// <summary>
/// Curves as PNG, two panels a row. A series has one colour and one dash in every panel, so that it can be told from the others without colours too. Text
/// is in <see cref="PixelFont"/>: no machine needs a typeface.
/// </summary>
public static class LinePlot
{
    /// <summary>That can be told apart.</summary>
    public const int MostSeries = 16;

    private const int PanelWidth = 640, PanelHeight = 360, Left = 76, Right = 20, Top = 40, Bottom = 52, Header = 56, LegendLine = 28, TextScale = 2;

    private static readonly SKColor Paper = new(0xFFFFFFFF), Ink = new(0xFF1B1F24), Dim = new(0xFF5A6472), Grid = new(0xFFE3E7EC);

    // Okabe and Ito (2008): told apart by people who see few colours.
    private static readonly SKColor[] s_colours =
        [new(0xFF0072B2), new(0xFFD55E00), new(0xFF009E73), new(0xFFCC79A7), new(0xFFE69F00), new(0xFF56B4E9), new(0xFF000000), new(0xFF8C6D1F)];

    private static readonly float[][] s_dashes = [[], [14, 7], [3, 5], [16, 5, 3, 5], [26, 6]];

    /// <param name="title">Printable ASCII, as are all other texts.</param>
    /// <param name="panels">With the same series, in the same order, in each; <see cref="MostSeries"/> at most.</param>
    public static byte[] Render(string title, string xTitle, IReadOnlyList<PlotPanel> panels)
    {
        string[] names = [.. panels[0].Series.Select(series => series.Name)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(names.Length, MostSeries, nameof(panels));
        var (rows, legendRows) = ((panels.Count + 1) / 2, (names.Length + 2) / 3);
        var width = 2 * PanelWidth;
        using var bitmap = new SKBitmap(new SKImageInfo(width, Header + legendRows * LegendLine + rows * PanelHeight, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(Paper);
        canvas.Write(title, 24, 18, TextScale + 1, Ink);
        foreach (var (number, name) in names.Index())
        {
            var (x, y) = (24 + number % 3 * (width / 3), Header + number / 3 * LegendLine);
            using var paint = Stroke(number);
            canvas.DrawLine(x, y + 8, x + 56, y + 8, paint);
            canvas.Write(name, x + 68, y, TextScale, Ink);
        }
        foreach (var (number, panel) in panels.Index())
            Draw(canvas, panel, xTitle, number % 2 * PanelWidth, Header + legendRows * LegendLine + number / 2 * PanelHeight);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    private static void Draw(SKCanvas canvas, PlotPanel panel, string xTitle, int left, int top)
    {
        var (x0, x1, y0, y1) = (left + Left, left + PanelWidth - Right, top + PanelHeight - Bottom, top + Top);
        var points = panel.Series.SelectMany(series => series.Points).ToArray();
        var x = new PlotAxis(points.Select(point => point.X), x0, x1, marks: 10, isWhole: true);
        var y = new PlotAxis(points.Select(point => point.Y), y0, y1, marks: 6);
        using var grid = new SKPaint { Color = Grid, StrokeWidth = 1 };
        foreach (var (pixel, label) in y.Marks())
        {
            canvas.DrawLine(x0, pixel, x1, pixel, grid);
            canvas.Write(label, x0 - 10 - PixelText.Width(label, TextScale), pixel - 8, TextScale, Dim);
        }
        foreach (var (pixel, label) in x.Marks())
        {
            canvas.DrawLine(pixel, y0, pixel, y1, grid);
            canvas.Write(label, pixel - PixelText.Width(label, TextScale) / 2f, y0 + 8, TextScale, Dim);
        }
        using var frame = new SKPaint { Color = Dim, StrokeWidth = 1, Style = SKPaintStyle.Stroke };
        canvas.DrawRect(x0, y1, x1 - x0, y0 - y1, frame);
        canvas.Write(panel.Title, x0, top + 14, TextScale, Ink);
        canvas.Write(xTitle, x1 - PixelText.Width(xTitle, TextScale), y0 + 28, TextScale, Dim);
        foreach (var (number, series) in panel.Series.Index()) Draw(canvas, series, number, x, y);
    }

    private static void Draw(SKCanvas canvas, PlotSeries series, int number, PlotAxis x, PlotAxis y)
    {
        SKPoint[] points = [.. series.Points.Where(point => double.IsFinite(point.Y)).Select(point => new SKPoint(x.Pixel(point.X), y.Pixel(point.Y)))];
        using var paint = Stroke(number);
        if (points is [var only])
        {
            canvas.DrawCircle(only, 3, paint);
            return;
        }
        // Whole polylines, so that a dash goes on where two pieces meet.
        using var line = new SKPathBuilder();
        if (points is [var first, ..]) line.MoveTo(first);
        foreach (var point in points.Skip(1)) line.LineTo(point);
        using var path = line.Detach();
        canvas.DrawPath(path, paint);
    }

    private static SKPaint Stroke(int number)
    {
        var dash = s_dashes[number % s_dashes.Length];
        return new SKPaint
        {
            Color = s_colours[number % s_colours.Length],
            StrokeWidth = 2.5f,
            Style = SKPaintStyle.Stroke,
            StrokeJoin = SKStrokeJoin.Round,
            IsAntialias = true,
            PathEffect = dash is [] ? null : SKPathEffect.CreateDash(dash, 0),
        };
    }
}
