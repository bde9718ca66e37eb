using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Peers;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>Tensors over HTTP beside ONNX Runtime on films that are in memory already.</summary>
internal static class TensorThroughput
{
    private const double Bound = 0.9;

    public static void Run(Uri host, BareRuntime runtime, BenchArguments arguments, Verdicts verdicts)
    {
        Workload[] workloads = [Workload.Tensors(host), Workload.Tensors(host, asGrey: true)];
        ClosedLoop Ask(Workload tensors, double seconds) => ClosedLoop.Run(host, tensors.Requests, Throughput.Connections, seconds);
        Ask(workloads[0], Throughput.WarmUp(arguments));
        Ask(workloads[1], arguments.ShortSeconds);
        Contender[] contenders =
        [
            .. workloads.Select(tensors => Contender.Asked($"{tensors.Name} over HTTP", seconds => Ask(tensors, seconds))),
            Contender.Alone(runtime.Name, runtime.Measure),
        ];
        var turns = Turns.Take(contenders, arguments);
        foreach (var (i, tensors) in workloads.Index())
            verdicts.AtLeast($"{tensors.Name} over HTTP, of {runtime.Name}", turns.Median(turn => turn[i].Rate / turn[^1].Rate), Bound);
    }
}
