using System.Diagnostics;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Datasets.Bench;

/// <summary><c>xray up</c> in a process and a data folder of its own.</summary>
internal sealed class XrayServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _data;

    private XrayServer(Process process, DirectoryInfo data, string address) => (_process, _data, Address) = (process, data, address);

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "xray.dll");

    public string Address { get; }

    /// <param name="blobs">Connection string of the blob store; null for a folder.</param>
    public static async Task<XrayServer> StartAsync(string? blobs)
    {
        var data = Directory.CreateTempSubdirectory("xray-bench-");
        ProcessStartInfo start = new("dotnet", [Program, "up", "--data-dir", data.FullName, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true };
        foreach (var (name, value) in TestKey.Environment) start.Environment[name] = value;
        if (blobs is not null) start.Environment["ConnectionStrings__blobs"] = blobs;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["Server", var address]) return new XrayServer(process, data, address);
        }
        throw new InvalidOperationException($"xray up ended with exit code {process.ExitCode} before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }
}
