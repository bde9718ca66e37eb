using System.Diagnostics;
using System.Runtime.InteropServices;

namespace XrayMlOps.Inference.Bench.Load;

/// <summary>Wakes within a fraction of a millisecond, which <see cref="Thread.Sleep(int)"/> cannot. Linux only.</summary>
internal static partial class Alarm
{
    private const int Monotonic = 1, Absolute = 1, Interrupted = 4;
    private const long Nanoseconds = 1_000_000_000;

    /// <param name="timestamp">On the clock of <see cref="Stopwatch.GetTimestamp"/>, which is the system's monotonic one in nanoseconds.</param>
    public static void SleepUntil(long timestamp)
    {
        Timespec until = new(timestamp / Nanoseconds, timestamp % Nanoseconds);
        while (ClockNanosleep(Monotonic, Absolute, in until, 0) == Interrupted)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in Timespec until, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
