namespace XrayMlOps.Inference.Bench;

/// <summary>Prints figures beside their bounds, and remembers whether all were kept.</summary>
internal sealed class Verdicts
{
    public bool AllKept { get; private set; } = true;

    public void AtLeast(string what, double value, double bound, string format = "n2") => Print(what, value, "at least", bound, value >= bound, format);

    public void AtMost(string what, double value, double bound, string format = "n2") => Print(what, value, "at most", bound, value <= bound, format);

    /// <summary>Something that must not occur.</summary>
    public void None(string what, int times) => AtMost(what, times, 0, "n0");

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private void Print(string what, double value, string relation, double bound, bool isKept, string format)
    {
        AllKept &= isKept;
        Console.WriteLine($"  {(isKept ? "kept  " : "MISSED")} {what,-72} {value.ToString(format),8}  {relation} {bound.ToString(format)}");
    }
}
