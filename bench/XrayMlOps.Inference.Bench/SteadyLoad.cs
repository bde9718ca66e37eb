using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>
/// Latency at 70 % of the highest rate, beside that of a request that is alone. The rate leaves nothing to processors that are half as fast for a while
/// (<see cref="Pace"/>), so requests of such times do not count; the load goes on until enough others do, and all are printed.
/// </summary>
internal static class SteadyLoad
{
    private const double Share = 0.7, Bound = 4, MarginSeconds = 0.1;
    private const int Connections = 64, MostRuns = 6;

    public static async Task RunAsync(IReadOnlyList<ModelFile> models, BenchArguments arguments, Verdicts verdicts)
    {
        using Pace pace = new();
        await using var platform = await Platform.StartAsync(models);
        foreach (var workload in Workload.All(platform.Host.Address))
        {
            var full = FullSpeed.Measure(platform.Host.Address, workload, pace, arguments);
            var rate = Share * full.Rate;
            OpenLoop Send(double seconds) => OpenLoop.Run(platform.Host.Address, workload.Requests, rate, seconds, Connections);
            // The first of so many connections have code compiled in the background, by clients and host, which takes half a core for two seconds.
            var unserved = Unserved(Send(arguments.Seconds / 6));
            var (wanted, counted) = (arguments.Seconds / 2, 0.0);
            List<Samples> samples = [];
            for (var run = 0; run < MostRuns && counted < wanted; run++)
            {
                var loop = Send(wanted);
                loop.Print($"{workload.Name} at {rate:n1} a second for {wanted:n0} s");
                unserved += Unserved(loop);
                var disturbed = Disturbed(pace.SlowTimes(loop.Start, wanted), wanted);
                counted += wanted - disturbed.Sum(time => time.Seconds);
                samples.Add(loop.Accepted.Where(sample => !disturbed.Any(time => time.From <= sample.Due && sample.Due < time.To)));
            }
            var undisturbed = Samples.Of(samples);
            Console.WriteLine($"  {counted:n1} s and {undisturbed.Count} requests count: the processors were at full pace; p99 {undisturbed.P99:n1} ms, longest {undisturbed.Longest:n1} ms");
            verdicts.AtLeast($"{workload.Name}: seconds at full pace", counted, wanted, "n1");
            verdicts.AtMost($"{workload.Name}: p99 of the latency, of a request's alone", undisturbed.P99 / full.Alone, Bound);
            verdicts.None($"{workload.Name}: requests that were refused or failed", unserved);
        }
    }

    /// <summary>The slow times, each with as long again in which what piled up is worked off, and a margin; those that touch are one.</summary>
    private static List<TimeSlice> Disturbed(IReadOnlyList<TimeSlice> slow, double seconds)
    {
        List<TimeSlice> disturbed = [];
        foreach (var time in slow)
        {
            var (from, to) = (Math.Max(0, time.From - MarginSeconds), Math.Min(seconds, time.To + time.Seconds + MarginSeconds));
            if (disturbed is [.., var last] && from <= last.To) disturbed[^1] = last with { To = Math.Max(last.To, to) };
            else disturbed.Add(new TimeSlice(from, to));
        }
        return disturbed;
    }

    private static int Unserved(OpenLoop loop) => loop.Refused + loop.Failures.Values.Sum();
}
