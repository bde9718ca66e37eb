using XrayMlOps.Inference.Bench.Peers;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>Films a second over HTTP, beside what the cores can do at best and what other servers do.</summary>
internal static class Throughput
{
    public const int Connections = 8;

    /// <summary>Seconds after which a host runs as fast as it will: most of its code is compiled once more in the background by then.</summary>
    public static double WarmUp(BenchArguments arguments) => 10 * arguments.ShortSeconds;

    public static async Task RunAsync(IReadOnlyList<ModelFile> models, BenchArguments arguments, Verdicts verdicts)
    {
        using var runtime = BareRuntimeGrid.FindFastest(models[0].Path, arguments);
        await using var platform = await Platform.StartAsync(models);
        var host = platform.Host.Address;
        TensorThroughput.Run(host, runtime, arguments, verdicts);
        if (Workload.JpegsOrNull(host) is { } films) await FilmThroughput.RunAsync(host, films, models[0].Path, runtime, arguments, verdicts);
        else Console.WriteLine("The native films are not here: set XRAY_DATA to a folder that holds originals/*.jpeg.");
    }
}
