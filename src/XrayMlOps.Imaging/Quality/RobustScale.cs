namespace XrayMlOps.Imaging.Quality;

/// <summary>Where most values lie, whatever the rest are.</summary>
/// <param name="Spread">1.4826 times the median distance from the median: of a normal sample, the standard deviation.</param>
internal readonly record struct RobustScale(double Median, double Spread)
{
    /// <param name="values">At least one.</param>
    /// <param name="leastSpread">Taken where the values lie closer than anyone would mind.</param>
    public static RobustScale Of(ReadOnlySpan<double> values, double leastSpread)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var median = sorted.At(0.5);
        for (var i = 0; i < sorted.Length; i++) sorted[i] = Math.Abs(sorted[i] - median);
        Array.Sort(sorted);
        return new RobustScale(median, Math.Max(1.4826 * sorted.At(0.5), leastSpread));
    }

    /// <summary>How many spreads a value lies above the median; negative below.</summary>
    public double Score(double value) => (value - Median) / Spread;
}
