using System.Diagnostics;
using System.Text;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Platform.Tests;

/// <summary>A host in a process of its own that logs all there is to log, every word of which is kept.</summary>
internal sealed class TalkativeHost : IAsyncDisposable
{
    private readonly StringBuilder _said = new();
    private readonly Process _process;

    public TalkativeHost(string assembly, IEnumerable<KeyValuePair<string, string>> environment)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["ASPNETCORE_URLS"] = Address.OriginalString;
        foreach (var category in (string[])["Default", "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "System.Net.Http.HttpClient", "Hangfire"])
            start.Environment[$"Logging__Console__LogLevel__{category}"] = "Trace";
        start.Environment["Logging__LogLevel__Default"] = "Trace";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Hear;
        _process.ErrorDataReceived += Hear;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; } = HostProcess.FreeAddress();

    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Waits until it answers.</summary>
    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using HttpClient http = new();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Address, "/alive"), cancellationToken);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                Assert.False(_process.HasExited, Said);
            }
            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>Has it end in good order, so that it exports and writes what it still has.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])!) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said) _said.AppendLine(line.Data);
    }
}
