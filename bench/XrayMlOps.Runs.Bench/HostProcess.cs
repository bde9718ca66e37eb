using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace XrayMlOps.Runs.Bench;

/// <summary>A host of the platform in a process of its own, on an address of its own, that may be killed and started again.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly string _program;
    private readonly Dictionary<string, string> _environment;
    private Process? _process;

    /// <param name="program">Name of a host's assembly.</param>
    public HostProcess(string program, IEnumerable<KeyValuePair<string, string>> environment)
    {
        _program = Path.Combine(AppContext.BaseDirectory, $"{program}.dll");
        Address = new Uri($"http://127.0.0.1:{FreePort()}");
        _environment = new(environment) { ["ASPNETCORE_URLS"] = Address.OriginalString, ["Logging__Console__LogLevel__Default"] = "None" };
    }

    public Uri Address { get; }

    public async Task StartAsync()
    {
        ProcessStartInfo start = new("dotnet", [_program]) { WorkingDirectory = AppContext.BaseDirectory };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        using HttpClient http = new() { BaseAddress = Address };
        for (var started = Stopwatch.GetTimestamp(); !await AnswersAsync(http);)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(2))
                throw new InvalidOperationException($"{_program} does not answer{(_process.HasExited ? $": it ended with exit code {_process.ExitCode}" : "")}.");
            await Task.Delay(100);
        }
    }

    /// <summary>Ends the process at once, as <c>kill -9</c> does; its children are left alone.</summary>
    public async Task KillAsync()
    {
        if (_process is not { HasExited: false } process) return;
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Asks the process to end, and waits for it.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false } process) return;
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])!) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync("/alive");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
