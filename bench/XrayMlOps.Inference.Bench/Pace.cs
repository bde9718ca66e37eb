using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using XrayMlOps.Inference.Bench.Load;

namespace XrayMlOps.Inference.Bench;

/// <summary>
/// Watches how fast the processors themselves are, as long as it lives. The two of a virtual machine may be the two threads of one core, for seconds at a
/// time and most of all where they are not busy all the time: ONNX Runtime alone then takes 9.3 ms a film rather than 5.4, and no server can keep its latency.
/// A probe tells, which nothing else slows: the processor time of a fixed piece of arithmetic on registers, taken fifty times a second.
/// </summary>
internal sealed class Pace : IDisposable
{
    private const int IntervalMilliseconds = 20, Iterations = 50_000, Smoothed = 5;
    private const double ReferenceSeconds = 5;

    /// <summary>A probe that takes so many times as long as at full pace is slow: 1.0 to 1.15 was seen of processors that had their cores, 1.6 to 2.1 of those that shared one.</summary>
    private const double Slow = 1.3;

    /// <summary>A share of the time.</summary>
    private const double Negligible = 0.05;

    private readonly Lock _gate = new();
    private readonly List<(long At, double Took)> _probes = [];
    private readonly Thread _watch;
    private readonly double _full = Reference();
    private volatile bool _ended;

    public Pace()
    {
        _watch = new Thread(Watch) { IsBackground = true, Name = "pace" };
        _watch.Start();
    }

    /// <summary>Whether the processors were at full pace for nearly all the time since then.</summary>
    /// <param name="start">By <see cref="Stopwatch.GetTimestamp"/>.</param>
    public bool WasFullSince(long start)
    {
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return SlowTimes(start, seconds).Sum(time => time.Seconds) <= Negligible * seconds;
    }

    /// <summary>
    /// When the processors were slow, in order, in seconds from the start of so many. They are half as fast at worst, so that at 70 % load what piles up
    /// meanwhile takes two thirds as long to be worked off.
    /// </summary>
    public IReadOnlyList<TimeSlice> SlowTimes(long start, double seconds)
    {
        (long At, double Took)[] probes;
        lock (_gate) probes = [.. _probes];
        List<TimeSlice> slow = [];
        double? since = null;
        for (var i = Smoothed / 2; i < probes.Length - Smoothed / 2; i++)
        {
            var at = Stopwatch.GetElapsedTime(start, probes[i].At).TotalSeconds;
            var isSlow = Verdicts.Median(probes[(i - Smoothed / 2)..(i + Smoothed / 2 + 1)].Select(probe => probe.Took)) > Slow * _full;
            if (isSlow) since ??= at;
            if (since is { } from && (!isSlow || i == probes.Length - Smoothed / 2 - 1))
            {
                slow.Add(new TimeSlice(from, at));
                since = null;
            }
        }
        return [.. slow.Where(time => time.To > 0 && time.From < seconds).Select(time => new TimeSlice(Math.Max(0, time.From), Math.Min(seconds, time.To)))];
    }

    public void Dispose()
    {
        _ended = true;
        _watch.Join();
    }

    private void Watch()
    {
        while (!_ended)
        {
            var took = Probe();
            lock (_gate) _probes.Add((Stopwatch.GetTimestamp(), took));
            Thread.Sleep(IntervalMilliseconds);
        }
    }

    /// <summary>What a probe takes at full pace: of those that all processors take at once the best tenth, so that a machine whose two never have cores of their own is its own measure.</summary>
    private static double Reference()
    {
        List<double> all = [];
        var start = Stopwatch.GetTimestamp();
        Crew.Run(Environment.ProcessorCount, _ =>
        {
            List<double> mine = [];
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < ReferenceSeconds) mine.Add(Probe());
            lock (all) all.AddRange(mine);
        });
        return all.Order().ElementAt(all.Count / 10);
    }

    private static double Probe()
    {
        var before = LinuxClock.ThreadTime();
        Multiply();
        return LinuxClock.ThreadTime() - before;
    }

    /// <summary>Eight chains of products and sums: as many as keep the units for them busy, which the threads of a core share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Multiply()
    {
        Vector<float> factor = new(0.999f);
        var (a, b, c, d, e, f, g, h) = (factor, factor, factor, factor, factor, factor, factor, factor);
        for (var i = 0; i < Iterations; i++)
        {
            a = a * factor + factor;
            b = b * factor + factor;
            c = c * factor + factor;
            d = d * factor + factor;
            e = e * factor + factor;
            f = f * factor + factor;
            g = g * factor + factor;
            h = h * factor + factor;
        }
        return Vector.Sum(a + b + c + d + e + f + g + h);
    }
}

/// <summary>Seconds from a start.</summary>
internal readonly record struct TimeSlice(double From, double To)
{
    public double Seconds => To - From;
}
