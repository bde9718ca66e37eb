using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Imaging.Quality;

internal static class Distributions
{
    private const int Bins = 20;

    /// <summary>All zero, with an empty histogram, if there are no values.</summary>
    public static Distribution Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        if (sorted is []) return new Distribution(0, 0, 0, 0, 0, 0, []);
        Array.Sort(sorted);
        var (minimum, maximum) = (sorted[0], sorted[^1]);
        var histogram = new int[Bins];
        foreach (var value in sorted)
            histogram[maximum > minimum ? Math.Min(Bins - 1, (int)(Bins * (value - minimum) / (maximum - minimum))) : 0]++;
        return new Distribution(minimum, sorted.At(0.05), sorted.At(0.5), sorted.At(0.95), maximum, sorted.Average(), histogram);
    }

    /// <summary>A quantile, between two values linearly (Hyndman and Fan 1996, definition 7).</summary>
    public static double At(this double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }
}
