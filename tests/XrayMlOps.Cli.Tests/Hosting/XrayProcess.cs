using System.Diagnostics;
using XrayMlOps.Cli.Hosting;

namespace XrayMlOps.Cli.Tests.Hosting;

/// <summary><c>xray up</c> in a process of its own, on a free port.</summary>
internal sealed class XrayProcess : IDisposable
{
    private readonly Process _process;

    private XrayProcess(Process process, string server) => (_process, Server) = (process, server);

    public string Server { get; }

    /// <param name="environment">Variables beside those of this process.</param>
    public static async Task<XrayProcess> UpAsync(string dataDirectory, string model, params IEnumerable<(string Name, string Value)> environment)
    {
        // The verbs, in this process, find the key of the one platform.
        Directory.CreateDirectory(dataDirectory);
        if (LocalAdminKey.Find(dataDirectory) is null) File.Copy(LocalAdminKey.PathIn(DataFolder.Resolve(null)), LocalAdminKey.PathIn(dataDirectory));
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "xray.dll"), "up", "--data-dir", dataDirectory, "--urls", "http://127.0.0.1:0", "--model", model])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["Server", var address]) return new XrayProcess(process, address);
        }
        throw new InvalidOperationException($"xray up ended with exit code {process.ExitCode} before it was ready.");
    }

    /// <summary>Runs a verb to its end in a process of its own, for what is said in the environment.</summary>
    public static async Task<XrayRun> RunAsync(IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "xray.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new XrayRun(process.ExitCode, said[0], said[1]);
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to end, and answers with its exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString()])!;
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
