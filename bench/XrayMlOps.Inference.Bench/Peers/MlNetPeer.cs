namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>ML.NET behind ASP.NET, in its own folder of the build.</summary>
internal static class MlNetPeer
{
    private const string Assembly = "XrayMlOps.Inference.Bench.MlNet";

    /// <summary>As many runs as requests, on one thread each or on one a core, which is ONNX Runtime's own choice; and no more runs than cores.</summary>
    public static IEnumerable<PeerServer> Settings(string model)
    {
        var cores = Environment.ProcessorCount;
        return from setting in new[] { (Runs: Throughput.Connections, Threads: 1), (Runs: Throughput.Connections, Threads: cores), (Runs: cores, Threads: 1) }.Distinct()
               select new PeerServer($"ML.NET, {setting.Runs} x {setting.Threads} threads", ["dotnet", Program(), model, $"{setting.Threads}", $"{setting.Runs}"]);
    }

    /// <summary>Beside this program's folder, of the same configuration.</summary>
    private static string Program()
    {
        DirectoryInfo here = new(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, Assembly, here.Name, $"{Assembly}.dll");
    }
}
