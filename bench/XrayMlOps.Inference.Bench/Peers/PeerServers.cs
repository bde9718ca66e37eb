using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>The other servers, each with the settings that make it fastest here.</summary>
internal sealed class PeerServers : IAsyncDisposable
{
    private readonly List<PeerServer> _all = [];

    public IReadOnlyList<PeerServer> All => _all;

    public static async Task<PeerServers> StartAsync(string model, double seconds)
    {
        PeerServers servers = new();
        try
        {
            Console.WriteLine("other servers, films/s by setting");
            servers._all.Add(await PeerServer.FastestAsync(MlNetPeer.Settings(model), seconds));
            if (ServerPrograms.Find("node") is null) Console.WriteLine("  Node is not on the PATH, so there is nothing to compare with.");
            else servers._all.Add(await PeerServer.FastestAsync(await NodePeer.SettingsAsync(model), seconds));
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _all) await server.DisposeAsync();
    }
}
