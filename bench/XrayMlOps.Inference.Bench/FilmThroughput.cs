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
        Ask(arguments.ShortSeconds); // warms the host up
        List<Contender> contenders = [Contender.Asked("films over HTTP", Ask), .. peers.All.Select(peer => Contender.Asked(peer.Name, peer.Measure))];
        if (Djpeg.Find() is not { } djpeg) Console.WriteLine("djpeg is not on the PATH (Debian: libjpeg-turbo-progs), so there is nothing to compare decoding with.");
        else contenders.AddRange([Contender.Alone("djpeg", new DecoderRate(djpeg, OriginalFilms.Find()!).Measure), Contender.Alone(runtime.Name, runtime.Measure)]);

        var figures = Contender.TakeTurns(contenders, arguments.Rounds, arguments.ShortSeconds);
        var (ours, others, limits) = (figures[0], figures.Skip(1).Take(peers.All.Count), figures.Skip(1 + peers.All.Count));
        if (limits.Any())
        {
            var oneAfterTheOther = 1 / limits.Sum(limit => 1 / limit.Rate);
            verdicts.AtLeast($"films over HTTP, of djpeg and {runtime.Name} ({oneAfterTheOther:n1} films/s)", ours.Rate / oneAfterTheOther, Bound);
        }
        var (better, theirs) = peers.All.Zip(others).MaxBy(peer => peer.Second.Rate);
        verdicts.AtLeast($"films over HTTP, of {better.Name}", ours.Rate / theirs.Rate, PeerBound);
        verdicts.AtMost($"  and the 99th percentile of the latency, of its", ours.P99 / theirs.P99, 1);
    }
}
