using CsCheck;
using XrayMlOps.Cli.Runs.Watching;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Tests.Runs.Watching;

public sealed class LossCurveTests
{
    [Fact]
    public void Falling_losses_are_a_line_and_crosses_that_fall()
    {
        EpochMetrics[] epochs = [Epoch(1, 1.0, 0.9), Epoch(2, 0.5, 0.6), Epoch(3, 0.25, 0.5), Epoch(4, 0.0, 0.4)];

        var lines = LossCurve.Draw(epochs, 12, 4);

        Assert.Equal(["    1.000 ┤×⢄", "    0.667 ┤  ⠑⢄×", "          │    ⠉⠒⠤×   ×"], lines.Take(3));
        Assert.StartsWith("    0.000 ┤       ", lines[3], StringComparison.Ordinal);
        Assert.Equal(["          └1──────────4", "           ⠤⠤ train loss   × validation loss   by epoch"], lines.Skip(4));
    }

    [Fact]
    public void Curve_needs_two_epochs_with_finite_losses()
    {
        Assert.Empty(LossCurve.Draw([], 20, 5));
        Assert.Empty(LossCurve.Draw([Epoch(1, 1, 1)], 20, 5));
        Assert.Empty(LossCurve.Draw([Epoch(1, 1, 1), Epoch(2, double.NaN, 1), Epoch(3, 1, double.PositiveInfinity)], 20, 5));
    }

    [Fact]
    public void Every_curve_fits_its_field_and_shows_every_column_of_training() =>
        Gen.Select(Gen.Double[-5, 5].Array[2, 60], Gen.Double[-5, 5], Gen.Int[2, 80], Gen.Int[2, 20]).Sample((losses, offset, width, height) =>
        {
            var lines = LossCurve.Draw([.. losses.Select((loss, i) => Epoch(i + 1, loss, loss + offset))], width, height);
            Assert.Equal(height + 2, lines.Count);
            Assert.All(lines.Take(height), line => Assert.InRange(line.Length, 11, 11 + width));
            for (var column = 0; column < width; column++)
                Assert.Contains(lines.Take(height), line => line.Length > 11 + column && line[11 + column] is '×' or > '\u2800' and <= '\u28FF');
        });

    private static EpochMetrics Epoch(int epoch, double train, double validation) => new(epoch, train, 0.5, validation, 0.5, 1e-3, 100, 1);
}
