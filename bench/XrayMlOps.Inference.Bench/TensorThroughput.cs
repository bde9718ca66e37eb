using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Peers;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>Tensors over HTTP beside ONNX Runtime on films that are in memory already.</summary>
internal static class TensorThroughput
{
    private const double Bound = 0.9;

    /// <summary>Answers the fastest of the runtimes.</summary>
    public static BareRuntime Run(Uri host, IReadOnlyList<BareRuntime> runtimes, BenchArguments arguments, Verdicts verdicts)
    {
        Workload[] workloads = [Workload.Tensors(host), Workload.Tensors(host, asGrey: true)];
        ClosedLoop Ask(Workload tensors, double seconds) => ClosedLoop.Run(host, tensors.Requests, Throughput.Connections, seconds);
        Ask(workloads[0], Throughput.WarmUp(arguments));
        Ask(workloads[1], arguments.ShortSeconds);
        Contender[] contenders =
        [
            .. workloads.Select(tensors => Contender.Asked($"{tensors.Name} over HTTP", seconds => Ask(tensors, seconds))),
            .. runtimes.Select(runtime => Contender.Alone(runtime.Name, runtime.Measure)),
        ];
        var turns = Turns.Take(contenders, arguments);
        var limit = Enumerable.Range(workloads.Length, runtimes.Count).MaxBy(turns.Rate);
        var fastest = runtimes[limit - workloads.Length];
        foreach (var (i, tensors) in workloads.Index())
            verdicts.AtLeast($"{tensors.Name} over HTTP, of {fastest.Name}", turns.Median(turn => turn[i].Rate / turn[limit].Rate), Bound);
        return fastest;
    }
}
