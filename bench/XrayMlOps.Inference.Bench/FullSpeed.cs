using System.Diagnostics;
using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <param name="Rate">Answers a second to as many clients as keep the host busy.</param>
/// <param name="Alone">Median latency in milliseconds of one client's requests.</param>
internal readonly record struct FullSpeed(double Rate, double Alone)
{
    private const int MostTries = 5;

    /// <summary>Medians of rounds that take turns, of those in which the processors were at full pace; printed.</summary>
    public static FullSpeed Measure(Uri server, Workload workload, Pace pace, BenchArguments arguments)
    {
        List<double> rates = [], alone = [];
        ClosedLoop.Run(server, workload.Requests, Throughput.Connections, Throughput.WarmUp(arguments));
        for (var round = 0; round < MostTries * arguments.Rounds && rates.Count < arguments.Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var rate = ClosedLoop.Run(server, workload.Requests, Throughput.Connections, arguments.ShortSeconds).Rate;
            var latency = ClosedLoop.Run(server, workload.Requests, connections: 1, arguments.ShortSeconds / 2).Samples.Median;
            if (!pace.WasFullSince(start)) continue;
            rates.Add(rate);
            alone.Add(latency);
        }
        if (rates.Count == 0) throw new InvalidOperationException("The processors were slow in every round: this machine cannot tell a full speed now.");
        FullSpeed full = new(Verdicts.Median(rates), Verdicts.Median(alone));
        Console.WriteLine($"{workload.Name}: {full.Rate:n1} a second over {Throughput.Connections} connections, {full.Alone:n2} ms alone");
        return full;
    }
}
