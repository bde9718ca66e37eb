using XrayMlOps.Imaging.Bench;
using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Peers;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>Native films over HTTP beside djpeg and ONNX Runtime, one after the other, and beside other servers of the same model.</summary>
internal static class FilmThroughput
{
    private const double Bound = 0.85, PeerBound = 1.5;

    public static async Task RunAsync(Uri host, Workload films, string model, BareRuntime runtime, BenchArguments arguments, Verdicts verdicts)
    {
        await using var peers = await PeerServers.StartAsync(model, arguments.ShortSeconds);
        ClosedLoop Ask(double seconds) => ClosedLoop.Run(host, films.Requests, Throughput.Connections, seconds);
        Ask(arguments.ShortSeconds); // warms up what tensors do not go through
        List<Contender> contenders = [Contender.Asked("films over HTTP", Ask), .. peers.All.Select(peer => Contender.Asked(peer.Name, peer.Measure))];
        if (Djpeg.Find() is { } djpeg)
            contenders.AddRange([Contender.Alone("djpeg", new DecoderRate(djpeg, OriginalFilms.Find()!).Measure), Contender.Alone(runtime.Name, runtime.Measure)]);
        else
            Console.WriteLine("djpeg is not on the PATH (Debian: libjpeg-turbo-progs), so there is nothing to compare decoding with.");

        var turns = Turns.Take(contenders, arguments);
        var limits = 1 + peers.All.Count;
        if (contenders.Count > limits)
        {
            double OneAfterTheOther(IReadOnlyList<Figures> turn) => 1 / turn.Skip(limits).Sum(limit => 1 / limit.Rate);
            verdicts.AtLeast(
                $"films over HTTP, of djpeg and ONNX Runtime in turn, {turns.Median(OneAfterTheOther):n1} films/s", turns.Median(turn => turn[0].Rate / OneAfterTheOther(turn)), Bound);
        }
        var better = Enumerable.Range(1, peers.All.Count).MaxBy(turns.Rate);
        verdicts.AtLeast($"films over HTTP, of {contenders[better].Name}", turns.Median(turn => turn[0].Rate / turn[better].Rate), PeerBound);
        verdicts.AtMost("  and the 99th percentile of the latency, of its", turns.Latency(0).P99 / turns.Latency(better).P99, 1);
    }
}
