using System.Diagnostics;
using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>
/// Three times as much as the host can do: it answers what it accepts within a second, refuses the rest in good order, does not grow, and is
/// itself again at once.
/// </summary>
internal static class Overload
{
    private const double Times = 3, LongestMilliseconds = 1000, Growth = 1.1, Recovered = 0.9, Slower = 1.25;
    private const int Connections = 512, MostHosts = 3;

    public static async Task RunAsync(IReadOnlyList<ModelFile> models, BenchArguments arguments, Verdicts verdicts)
    {
        using Pace pace = new();
        foreach (var kind in Workload.Kinds)
        {
            // A host meets its first overload once.
            for (var hosts = 1; ; hosts++)
            {
                await using var platform = await Platform.StartAsync(models);
                var recovery = await MeasureAsync(platform, kind(platform.Host.Address), pace, arguments, verdicts);
                if (recovery.AtFullPace || hosts == MostHosts)
                {
                    recovery.Judge(verdicts);
                    break;
                }
                Console.WriteLine("  the processors themselves were slow after it: once more, with another host");
            }
        }
    }

    private static async Task<Recovery> MeasureAsync(Platform platform, Workload workload, Pace pace, BenchArguments arguments, Verdicts verdicts)
    {
        var (host, name) = (platform.Host.Address, workload.Name);
        var before = FullSpeed.Measure(host, workload, pace, arguments);
        var overload = Task.Run(() => OpenLoop.Run(host, workload.Requests, Times * before.Rate, arguments.Seconds, Connections));
        await Task.Delay(TimeSpan.FromSeconds(arguments.Seconds / 6));
        var early = ProcessMemory.Of(platform.Host.Id);
        var loop = await overload;
        var late = ProcessMemory.Of(platform.Host.Id);
        // From the second to the fourth second after the last request was due.
        var ended = Stopwatch.GetTimestamp();
        var after = ClosedLoop.Run(host, workload.Requests, Throughput.Connections, seconds: 3, warmUp: Math.Max(0, 1 - loop.Draining)).Rate;
        var alone = ClosedLoop.Run(host, workload.Requests, connections: 1, seconds: 1, warmUp: 0).Samples.Median;
        var atFullPace = pace.WasFullSince(ended);

        loop.Print($"{name} at {Times * before.Rate:n1} a second for {arguments.Seconds:n0} s");
        Console.WriteLine($"  memory {early.Resident:n0} MB after {arguments.Seconds / 6:n0} s, {late.Resident:n0} MB at the end, {late.Peak:n0} MB at most");
        Console.WriteLine($"  then {after:n1} a second over {Throughput.Connections} connections, {alone:n2} ms alone");
        verdicts.AtMost($"{name}: p99 of the accepted requests' latency, ms", loop.Accepted.P99, LongestMilliseconds, "n0");
        verdicts.None($"{name}: neither accepted nor refused with Retry-After", loop.Failures.Values.Sum());
        verdicts.AtMost($"{name}: memory at the end, of that after a sixth of the time", late.Resident / early.Resident, Growth);
        return new Recovery(name, after / before.Rate, alone / before.Alone, atFullPace);
    }

    /// <param name="Rate">Of that before.</param>
    /// <param name="Alone">Latency of a request alone, of that before.</param>
    /// <param name="AtFullPace">Whether the processors were, <see cref="Pace"/>.</param>
    private readonly record struct Recovery(string Name, double Rate, double Alone, bool AtFullPace)
    {
        public void Judge(Verdicts verdicts)
        {
            verdicts.AtLeast($"{Name}: rate from the second second on, of that before", Rate, Recovered);
            verdicts.AtMost($"{Name}: latency of a request alone, of that before", Alone, Slower);
        }
    }
}
