using SkiaSharp;
using XrayMlOps.Imaging.Plots;

namespace XrayMlOps.Imaging.Tests.Plots;

public sealed class LinePlotTests
{
    [Fact]
    public void Every_series_is_drawn_in_a_colour_of_its_own_in_every_panel()
    {
        using var plot = SKBitmap.Decode(LinePlot.Render("Runs", "epoch", [Panel(3), Panel(3)]));

        foreach (var panel in (int[])[0, 1])
        {
            var colours = Pixels(plot, panel * plot.Width / 2, (panel + 1) * plot.Width / 2, plot.Height / 4, plot.Height).ToHashSet();
            Assert.All((uint[])[0xFF0072B2, 0xFFD55E00, 0xFF009E73], colour => Assert.Contains(new SKColor(colour), colours));
            Assert.DoesNotContain(new SKColor(0xFFCC79A7), colours);
        }
    }

    [Fact]
    public void Series_without_points_and_values_that_are_not_finite_are_left_out()
    {
        var panel = new PlotPanel("loss", [new PlotSeries("none", []), new PlotSeries("one", [new PlotPoint(1, double.NaN), new PlotPoint(2, 0.5)])]);
        using var plot = SKBitmap.Decode(LinePlot.Render("Runs", "epoch", [panel]));
        Assert.Contains(new SKColor(0xFFD55E00), Pixels(plot, 0, plot.Width / 2, plot.Height / 2, plot.Height));
    }

    private static PlotPanel Panel(int series) => new(
        "loss", [.. Enumerable.Range(1, series).Select(i => new PlotSeries($"run {i}", [.. Enumerable.Range(1, 20).Select(x => new PlotPoint(x, i + Math.Exp(-x / 5.0)))]))]);

    private static IEnumerable<SKColor> Pixels(SKBitmap bitmap, int left, int right, int top, int bottom) =>
        from y in Enumerable.Range(top, bottom - top)
        from x in Enumerable.Range(left, right - left)
        select bitmap.GetPixel(x, y);
}
