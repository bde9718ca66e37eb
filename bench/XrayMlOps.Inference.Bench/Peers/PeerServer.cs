using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Serving;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>What somebody would serve the model with who did not use this platform: a process that answers <c>POST /predict</c> with a JPEG.</summary>
internal sealed class PeerServer(string name, IReadOnlyList<string> command) : IAsyncDisposable
{
    private readonly HostProcess _process = new(command, [], ready: "/ready");
    private Workload? _films;

    public string Name => name;

    /// <summary>Starts each, keeps the one that answers most films a second, and stops the others.</summary>
    public static async Task<PeerServer> FastestAsync(IEnumerable<PeerServer> settings, double seconds)
    {
        List<(PeerServer Server, double Rate)> measured = [];
        foreach (var server in settings)
        {
            await server._process.StartAsync();
            server.Measure(seconds); // warms it up
            measured.Add((server, server.Measure(seconds).Rate));
            Console.WriteLine($"  {server.Name,-38}{measured[^1].Rate,8:n1}");
        }
        var (fastest, _) = measured.MaxBy(server => server.Rate);
        foreach (var (server, _) in measured.Where(server => server.Server != fastest)) await server.DisposeAsync();
        return fastest;
    }

    public ClosedLoop Measure(double seconds) =>
        ClosedLoop.Run(_process.Address, (_films ??= Workload.JpegsOrNull(_process.Address, "/predict")!).Requests, Throughput.Connections, seconds);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
