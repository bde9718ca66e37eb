using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <param name="Rate">Answers a second to as many clients as keep the host busy.</param>
/// <param name="Alone">Median latency in milliseconds of one client's requests.</param>
internal readonly record struct FullSpeed(double Rate, double Alone)
{
    /// <summary>Medians of rounds that take turns; printed.</summary>
    public static FullSpeed Measure(Uri server, Workload workload, BenchArguments arguments)
    {
        List<double> rates = [], alone = [];
        ClosedLoop.Run(server, workload.Requests, Throughput.Connections, Throughput.WarmUp(arguments));
        for (var round = 0; round < arguments.Rounds; round++)
        {
            rates.Add(ClosedLoop.Run(server, workload.Requests, Throughput.Connections, arguments.ShortSeconds).Rate);
            alone.Add(ClosedLoop.Run(server, workload.Requests, connections: 1, arguments.ShortSeconds / 2).Samples.Median);
        }
        FullSpeed full = new(Verdicts.Median(rates), Verdicts.Median(alone));
        Console.WriteLine($"{workload.Name}: {full.Rate:n1} a second over {Throughput.Connections} connections, {full.Alone:n2} ms alone");
        return full;
    }
}
