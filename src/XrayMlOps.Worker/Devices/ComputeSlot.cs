using XrayMlOps.Core.Runs;

namespace XrayMlOps.Worker.Devices;

/// <summary>A device that one run at a time may use, until this is disposed.</summary>
/// <param name="threads">To compute with, where the run does not say.</param>
/// <param name="environment">What the trainer must find in its environment to compute there and nowhere else.</param>
internal sealed class ComputeSlot(int threads, IReadOnlyDictionary<string, string> environment, Action release) : IDisposable
{
    private const string VisibleDevices = "CUDA_VISIBLE_DEVICES";
    private Action? _release = release;

    public int Threads => threads;

    public IReadOnlyDictionary<string, string> Environment => environment;

    public static ComputeSlot OfCpu(int threads, Action release) => new(threads, new Dictionary<string, string> { [VisibleDevices] = "" }, release);

    /// <param name="device">What CUDA knows the GPU by: a number, or a UUID.</param>
    public static ComputeSlot OfGpu(string device, int threads, Action release) => new(
        threads,
        new Dictionary<string, string> { [VisibleDevices] = device, [TrainerEnvironment.DeviceLock] = Path.Combine(Path.GetTempPath(), $"xraymlops-{device}.lock") },
        release);

    /// <summary>The first <paramref name="count"/> GPUs that this process may see.</summary>
    public static IReadOnlyList<string> VisibleGpus(int count) =>
        System.Environment.GetEnvironmentVariable(VisibleDevices) is { Length: > 0 } visible
            ? [.. visible.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(count)]
            : [.. Enumerable.Range(0, count).Select(gpu => gpu.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
