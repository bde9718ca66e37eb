namespace XrayMlOps.Inference.Scheduling;

/// <summary>How long films take of late, as exponentially weighted means; not safe to share between threads.</summary>
internal sealed class ServiceTimes(InferenceEngineOptions options)
{
    private const double Weight = 0.1;

    private double _decoding, _running;

    public void Decoded(TimeSpan took) => Follow(ref _decoding, took.TotalSeconds);

    public void Ran(int films, TimeSpan took) => Follow(ref _running, took.TotalSeconds / films);

    /// <summary>How long so many films take all threads.</summary>
    public TimeSpan Wait(int encoded, int ready) =>
        TimeSpan.FromSeconds(encoded * _decoding / options.Threads + (encoded + ready) * _running / options.RunsAtOnce);

    private static void Follow(ref double mean, double value) => mean = mean == 0 ? value : mean + Weight * (value - mean);
}
