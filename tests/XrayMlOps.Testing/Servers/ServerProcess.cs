using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace XrayMlOps.Testing.Servers;

/// <summary>
/// A server on loopback with a folder of its own, that may be stopped and started again. It never outlives this process, even one
/// that is killed: a shell beside it ends it and removes its folder as soon as the pipe to its standard input breaks.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // "stop" keeps the folder for a next start; anything else, the end of this process included, removes it. Ctrl-C reaches the shell
    // too, which goes on until this process has ended.
    private const string Guard = """
        folder=$1 signal=$2; shift 2
        trap : INT TERM HUP
        "$@" & server=$!
        word=; read -r word || :
        kill -s "$signal" "$server" 2>/dev/null
        ( sleep 10; kill -s KILL "$server" ) >/dev/null 2>&1 & patience=$!
        wait "$server" 2>/dev/null
        kill "$patience" 2>/dev/null
        [ "$word" = stop ] || rm -rf "$folder"
        """;

    private readonly IReadOnlyList<string> _command;
    private readonly string _signal;
    private readonly Func<CancellationToken, Task<bool>> _answers;
    private readonly StringBuilder _said = new();
    private Process? _guard;

    /// <param name="folder">What the server writes; removed at the end.</param>
    /// <param name="signal">Asks the server to end in good order.</param>
    /// <param name="answers">Whether the server takes requests yet.</param>
    public ServerProcess(DirectoryInfo folder, IReadOnlyList<string> command, string signal, Func<CancellationToken, Task<bool>> answers)
    {
        Folder = folder;
        (_command, _signal, _answers) = (command, signal, answers);
    }

    public DirectoryInfo Folder { get; }

    /// <summary>
    /// A port that is free now and stays so while the server is stopped: below those that the system gives to clients, one of which would
    /// sooner or later connect to itself while it waits for the server.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(15_000, 32_000);
            using var listener = new TcpListener(System.Net.IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])["-c", Guard, "guard", Folder.FullName, _signal, .. _command]) start.ArgumentList.Add(word);
        _guard = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        _guard.OutputDataReceived += Hear;
        _guard.ErrorDataReceived += Hear;
        _guard.BeginOutputReadLine();
        _guard.BeginErrorReadLine();

        var waited = Stopwatch.StartNew();
        while (!await _answers(cancellationToken))
        {
            if (waited.Elapsed > TimeSpan.FromSeconds(60)) throw new TimeoutException($"{_command[0]} does not answer. It said: {Said()}");
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Ends the server in good order and keeps its folder.</summary>
    public Task StopAsync() => EndAsync("stop\n");

    public async ValueTask DisposeAsync()
    {
        await EndAsync("");
        if (Directory.Exists(Folder.FullName)) Folder.Delete(recursive: true);
    }

    /// <summary>Runs a program to its end and answers what it printed. Throws with that if it fails.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? said[0] : throw new Win32Exception(process.ExitCode, $"{program} failed with {process.ExitCode}: {said[0]}{said[1]}");
    }

    private async Task EndAsync(string word)
    {
        if (_guard is not { } guard) return;
        _guard = null;
        await guard.StandardInput.WriteAsync(word);
        guard.StandardInput.Close();
        await guard.WaitForExitAsync();
        guard.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said) _said.AppendLine(line.Data);
    }

    private string Said()
    {
        lock (_said) return _said.ToString();
    }
}
