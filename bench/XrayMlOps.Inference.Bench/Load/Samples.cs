namespace XrayMlOps.Inference.Bench.Load;

/// <param name="At">Seconds from the start of the measurement to the answer.</param>
/// <param name="Milliseconds">Latency.</param>
internal readonly record struct Sample(double At, double Milliseconds)
{
    /// <summary>Seconds from the start of the measurement to what the latency counts from.</summary>
    public double Due => At - Milliseconds / 1000;
}

/// <summary>Requests that were answered well.</summary>
internal sealed class Samples(IEnumerable<Sample> samples)
{
    private readonly Sample[] _samples = [.. samples.OrderBy(sample => sample.Milliseconds)];

    public static Samples Of(IEnumerable<Samples> all) => new(all.SelectMany(one => one._samples));

    public int Count => _samples.Length;

    /// <summary>In milliseconds, like the others; NaN where there are none.</summary>
    public double Median => Percentile(0.5);

    public double P99 => Percentile(0.99);

    public double Longest => Percentile(1);

    /// <summary>Answers a second that came in the seconds from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public double Rate(double from, double to) => _samples.Count(sample => sample.At >= from && sample.At < to) / (to - from);

    /// <summary>Those answered from then on.</summary>
    public Samples From(double at) => Where(sample => sample.At >= at);

    public Samples Where(Func<Sample, bool> counts) => new(_samples.Where(counts));

    private double Percentile(double share) => _samples is [] ? double.NaN : _samples[(int)Math.Ceiling(share * _samples.Length) - 1].Milliseconds;
}
