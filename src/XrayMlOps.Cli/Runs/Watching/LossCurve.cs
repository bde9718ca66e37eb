using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs.Watching;

/// <summary>The losses of a run's epochs as lines of text: training a line of Braille dots (two a character across, four down), validation a cross an epoch.</summary>
internal static class LossCurve
{
    public const char Validation = '×';
    private const char Blank = '\u2800';
    private const int LabelWidth = 7;

    // The bit of each dot of a Braille character, by its column and row (Unicode, chapter 21.1).
    private static readonly byte[,] s_dots = { { 0x01, 0x02, 0x04, 0x40 }, { 0x08, 0x10, 0x20, 0x80 } };

    /// <param name="width">Characters of the field that is drawn on, its labels not counted; at least 2.</param>
    /// <param name="height">Lines of the field, at least 2; two more hold the epochs and the legend.</param>
    /// <returns>No line before there are two epochs whose losses are finite.</returns>
    public static IReadOnlyList<string> Draw(IReadOnlyList<EpochMetrics> epochs, int width, int height)
    {
        var shown = epochs.Where(epoch => double.IsFinite(epoch.TrainLoss) && double.IsFinite(epoch.ValidationLoss)).ToArray();
        if (shown.Length < 2) return [];
        var (low, high) = (shown.Min(epoch => Math.Min(epoch.TrainLoss, epoch.ValidationLoss)), shown.Max(epoch => Math.Max(epoch.TrainLoss, epoch.ValidationLoss)));
        if (high - low < 1e-9) (low, high) = (low - 0.5, high + 0.5);
        var field = new char[height, width];
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++) field[row, column] = Blank;
        }

        int X(int epoch) => (int)Math.Round((epoch - shown[0].Epoch) / (double)(shown[^1].Epoch - shown[0].Epoch) * (2 * width - 1));
        int Y(double loss) => (int)Math.Round((high - loss) / (high - low) * (4 * height - 1));
        for (var i = 1; i < shown.Length; i++) Connect(field, X(shown[i - 1].Epoch), Y(shown[i - 1].TrainLoss), X(shown[i].Epoch), Y(shown[i].TrainLoss));
        foreach (var epoch in shown) field[Y(epoch.ValidationLoss) / 4, X(epoch.Epoch) / 2] = Validation;

        var lines = new List<string>();
        for (var row = 0; row < height; row++)
        {
            var label = row == 0 ? high : row == height - 1 ? low : row == (height - 1) / 2 ? high - (high - low) * row / (height - 1) : (double?)null;
            var cells = string.Concat(Enumerable.Range(0, width).Select(column => field[row, column] == Blank ? ' ' : field[row, column]));
            lines.Add($"  {(label is { } loss ? loss.ToString("0.000") : ""),LabelWidth} {(label is null ? '│' : '┤')}{cells}".TrimEnd());
        }
        lines.Add($"  {"",LabelWidth} └{shown[0].Epoch}{shown[^1].Epoch.ToString().PadLeft(width - shown[0].Epoch.ToString().Length, '─')}");
        lines.Add($"  {"",LabelWidth}  ⠤⠤ train loss   {Validation} validation loss   by epoch");
        return lines;
    }

    /// <summary>Sets the dots from one to the other (Bresenham 1965).</summary>
    private static void Connect(char[,] field, int x, int y, int toX, int toY)
    {
        var (width, height) = (toX - x, -Math.Abs(toY - y));
        var down = toY > y ? 1 : -1;
        for (var error = width + height; ;)
        {
            field[y / 4, x / 2] |= (char)s_dots[x % 2, y % 4];
            if (x == toX && y == toY) return;
            var twice = 2 * error;
            if (twice >= height && x < toX)
            {
                error += height;
                x++;
            }
            if (twice <= width && y != toY)
            {
                error += width;
                y += down;
            }
        }
    }
}
