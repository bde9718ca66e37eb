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
        var tensors = Workload.Tensors(host);
        ClosedLoop Ask(double seconds) => ClosedLoop.Run(host, tensors.Requests, Throughput.Connections, seconds);
        Ask(arguments.ShortSeconds); // warms the host up
        var figures = Contender.TakeTurns(
            [Contender.Asked("tensors over HTTP", Ask), .. runtimes.Select(runtime => Contender.Alone(runtime.Name, runtime.Measure))], arguments.Rounds, arguments.ShortSeconds);
        var (fastest, limit) = runtimes.Zip(figures.Skip(1)).MaxBy(runtime => runtime.Second.Rate);
        verdicts.AtLeast($"tensors over HTTP, of {fastest.Name}", figures[0].Rate / limit.Rate, Bound);
        return fastest;
    }
}
