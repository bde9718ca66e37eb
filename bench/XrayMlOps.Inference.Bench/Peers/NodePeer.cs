using System.Text.Json;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>ONNX Runtime and sharp behind Fastify, on Node. What it needs is installed once, from npm into the repository's <c>artifacts</c>.</summary>
internal static class NodePeer
{
    private static readonly string s_source = Path.Combine(AppContext.BaseDirectory, "node-peer");

    /// <summary>A process a core, since Node's ONNX Runtime computes on the one thread that JavaScript has, or one process that computes on every core.</summary>
    public static async Task<IReadOnlyList<PeerServer>> SettingsAsync(string model)
    {
        var packages = await File.ReadAllBytesAsync(Path.Combine(s_source, "package.json"));
        var folder = await NpmPackages.InstallAsync($"node-peer-{Digest.Of(packages)[..8]}", Names(packages), CancellationToken.None);
        // Modules are looked for beside the program that imports them.
        var program = Path.Combine(folder, "server.mjs");
        File.Copy(Path.Combine(s_source, "server.mjs"), program, overwrite: true);
        var cores = Environment.ProcessorCount;
        return
        [
            .. from setting in new[] { (Processes: 1, Threads: cores), (Processes: cores, Threads: 1) }.Distinct()
               select new PeerServer($"Node, {setting.Processes} x {setting.Threads} threads", ["node", program, model, $"{setting.Processes}", $"{setting.Threads}"]),
        ];
    }

    private static IEnumerable<string> Names(byte[] packages) =>
        JsonDocument.Parse(packages).RootElement.GetProperty("dependencies").EnumerateObject().Select(package => $"{package.Name}@{package.Value}");
}
