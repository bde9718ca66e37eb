namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>ML.NET behind ASP.NET, in its own folder of the build.</summary>
internal static class MlNetPeer
{
    private const string Assembly = "XrayMlOps.Inference.Bench.MlNet";

    /// <summary>A run a request, on one thread or on one a core, which is ONNX Runtime's own choice; or no more runs than cores.</summary>
    public static IEnumerable<PeerServer> Settings(string model)
    {
        var cores = Environment.ProcessorCount;
        (int Runs, int Threads)[] settings = [(Throughput.Connections, 1), (Throughput.Connections, cores), (cores, 1)];
        return from setting in settings.Distinct()
               select new PeerServer($"ML.NET, {setting.Runs} x {setting.Threads} threads", ["dotnet", Program(), model, $"{setting.Threads}", $"{setting.Runs}"]);
    }

    /// <summary>Beside this program's folder, of the same configuration.</summary>
    private static string Program()
    {
        DirectoryInfo here = new(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, Assembly, here.Name, $"{Assembly}.dll");
    }
}
