using System.Diagnostics;

namespace XrayMlOps.Testing.Servers;

/// <summary>A program that serves HTTP, in a process of its own and on an address of its own, that may be killed and started again.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const int LinesKept = 20;

    private readonly IReadOnlyList<string> _command;
    private readonly string _ready;
    private readonly Dictionary<string, string> _environment;
    private readonly Queue<string> _said = [];
    private Process? _process;

    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Beside <c>ASPNETCORE_URLS</c>, which is set to <see cref="Address"/>.</param>
    /// <param name="ready">Path that is answered with success as soon as the program does its work.</param>
    public HostProcess(IReadOnlyList<string> command, IEnumerable<KeyValuePair<string, string>> environment, string ready)
    {
        (_command, _ready) = (command, ready);
        Address = FreeAddress();
        _environment = new(environment) { ["ASPNETCORE_URLS"] = Address.OriginalString, ["Logging__Console__LogLevel__Default"] = "None" };
    }

    public Uri Address { get; }

    /// <summary>An address on loopback that nothing listens on.</summary>
    public static Uri FreeAddress() => new($"http://127.0.0.1:{ServerProcess.FreePort()}");

    /// <summary>Of the process that was started last.</summary>
    public int Id => _process!.Id;

    /// <summary>A host of the platform, which takes the <see cref="TestKey"/>.</summary>
    /// <param name="assembly">Its name; it lies beside this program.</param>
    public static HostProcess OfPlatform(string assembly, IEnumerable<KeyValuePair<string, string>> environment, string ready = "/alive") =>
        new(["dotnet", Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")], [.. TestKey.Environment, .. environment], ready);

    /// <summary>Starts the process and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        Launch();
        using HttpClient http = new() { BaseAddress = Address };
        for (var started = Stopwatch.GetTimestamp(); !await AnswersAsync(http);)
        {
            if (_process!.HasExited || Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(2))
                throw new InvalidOperationException($"{string.Join(' ', _command)} does not answer{(_process.HasExited ? $": it ended with exit code {_process.ExitCode}" : "")}. {Said()}");
            await Task.Delay(100);
        }
    }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What the process wrote to its standard error last; for the message of a failure.</summary>
    public string LastWords => _process is { HasExited: true } ended ? $"It ended with exit code {ended.ExitCode}. {Said()}" : Said();

    /// <summary>Starts the process and waits for nothing.</summary>
    public void Launch()
    {
        ProcessStartInfo start = new(_command[0], _command.Skip(1)) { WorkingDirectory = AppContext.BaseDirectory, RedirectStandardError = true };
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        _process?.Dispose();
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += Hear;
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits for the end of a process that ends by itself, and answers its exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process!.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
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

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
        {
            if (_said.Count == LinesKept) _said.Dequeue();
            if (line.Data is { } text) _said.Enqueue(text);
        }
    }

    private string Said()
    {
        lock (_said) return string.Join(Environment.NewLine, _said);
    }

    private async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync(_ready);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
