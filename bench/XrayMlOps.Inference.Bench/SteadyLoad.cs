using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>Latency at 70 % of the highest rate, beside that of a request that is alone.</summary>
internal static class SteadyLoad
{
    private const double Share = 0.7, Bound = 4;
    private const int Connections = 64;

    public static async Task RunAsync(IReadOnlyList<ModelFile> models, BenchArguments arguments, Verdicts verdicts)
    {
        await using var platform = await Platform.StartAsync(models);
        foreach (var workload in Workload.All(platform.Host.Address))
        {
            var full = FullSpeed.Measure(platform.Host.Address, workload, arguments);
            var rate = Share * full.Rate;
            OpenLoop Send(double seconds) => OpenLoop.Run(platform.Host.Address, workload.Requests, rate, seconds, Connections);
            // The first of so many connections have code compiled in the background, by clients and host, which takes half a core for two seconds.
            var first = Send(arguments.Seconds / 6);
            var loop = Send(arguments.Seconds / 2);
            loop.Print($"{workload.Name} at {rate:n1} a second for {arguments.Seconds / 2:n0} s");
            verdicts.AtMost($"{workload.Name}: p99 of the latency, of a request's alone", loop.Accepted.P99 / full.Alone, Bound);
            verdicts.None($"{workload.Name}: requests that were refused or failed", Unserved(first) + Unserved(loop));
        }
    }

    private static int Unserved(OpenLoop loop) => loop.Refused + loop.Failures.Values.Sum();
}
