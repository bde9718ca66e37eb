using System.Diagnostics;
using System.Runtime.InteropServices;

namespace XrayMlOps.Inference.Bench.Load;

/// <summary>What the system's clocks can do and .NET's cannot. Linux only.</summary>
internal static partial class LinuxClock
{
    private const int Monotonic = 1, ThreadProcessorTime = 3, Absolute = 1, Interrupted = 4;
    private const long Nanoseconds = 1_000_000_000;

    /// <summary>Wakes within a fraction of a millisecond, which <see cref="Thread.Sleep(int)"/> cannot.</summary>
    /// <param name="timestamp">On the clock of <see cref="Stopwatch.GetTimestamp"/>, which is the system's monotonic one in nanoseconds.</param>
    public static void SleepUntil(long timestamp)
    {
        Timespec until = new(timestamp / Nanoseconds, timestamp % Nanoseconds);
        while (ClockNanosleep(Monotonic, Absolute, in until, 0) == Interrupted)
        {
        }
    }

    /// <summary>Nanoseconds that the calling thread has run.</summary>
    public static long ThreadTime()
    {
        if (ClockGettime(ThreadProcessorTime, out var time) != 0) throw new InvalidOperationException("This system does not tell a thread's processor time.");
        return time.Seconds * Nanoseconds + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int ClockNanosleep(int clock, int flags, in Timespec until, nint remaining);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGettime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
