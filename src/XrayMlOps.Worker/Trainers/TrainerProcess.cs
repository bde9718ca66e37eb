using System.Diagnostics;
using System.Runtime.InteropServices;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Worker.Trainers;

/// <summary>How a trainer process ended.</summary>
/// <param name="LastLines">Of its standard error, at most <see cref="TrainerProcess.KeptLines"/>.</param>
internal sealed record TrainerEnd(int ExitCode, IReadOnlyList<string> LastLines)
{
    private const int SignalBase = 128;

    /// <summary>For a person, as in <c>the trainer was killed by signal 9 (exit code 137)</c>.</summary>
    public string Describe()
    {
        var how = ExitCode is > SignalBase and < SignalBase + 65
            ? $"the trainer was killed by signal {ExitCode - SignalBase} (exit code {ExitCode})"
            : $"the trainer ended with exit code {ExitCode}";
        return LastLines.Count == 0 ? how : $"{how}; its last words: {string.Join(" / ", LastLines)}";
    }
}

/// <summary>A trainer at work: one process, one folder.</summary>
internal static class TrainerProcess
{
    public const int KeptLines = 5;

    /// <summary>What a trainer that is asked to stop has to finish its step; it gives up a second earlier itself.</summary>
    public static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Starts the trainer on a folder and waits for its end. Its messages go to <paramref name="onMessage"/> in order, the lines of its standard
    /// error to <paramref name="onLine"/>; a finished epoch is acknowledged once its message was taken. If <paramref name="stop"/> is cancelled, or a message
    /// cannot be taken, it is stopped.
    /// </summary>
    /// <param name="environment">Beside what every trainer gets.</param>
    public static async Task<TrainerEnd> RunAsync(
        string trainer, string folder, IReadOnlyDictionary<string, string> environment, Action<string> onLine, Func<TrainerMessage, Task> onMessage, CancellationToken stop)
    {
        var start = StartInfo(trainer, folder, folder);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            // The trainer ends when its standard input does: on purpose here, or because this process died.
            await using var closing = stopping.Token.Register(process.StandardInput.Close);
            var log = TakeLinesAsync(process.StandardError, onLine);
            var messages = TakeMessagesAsync(process, onMessage, stopping);
            await WaitForExitAsync(process, stopping.Token);
            await messages;
            return new TrainerEnd(process.ExitCode, await log);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The environment that runs get, with every stream redirected.</summary>
    public static ProcessStartInfo StartInfo(string trainer, string argument, string workingFolder)
    {
        // The host that runs this program: a machine may have others, or none on its path.
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        var start = new ProcessStartInfo(File.Exists(host) ? host : "dotnet", [trainer, argument])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in TrainerEnvironment.Recommended) start.Environment[name] = value;
        start.Environment[TrainerEnvironment.WatchStandardInput] = "1";
        return start;
    }

    private static async Task WaitForExitAsync(Process process, CancellationToken stop)
    {
        try
        {
            await process.WaitForExitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            using var grace = new CancellationTokenSource(GracePeriod);
            try
            {
                await process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static async Task TakeMessagesAsync(Process process, Func<TrainerMessage, Task> onMessage, CancellationTokenSource stopping)
    {
        try
        {
            while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            {
                if (TrainerMessage.TryParse(line) is not { } message) continue;
                await onMessage(message);
                if (message is TrainerEpoch epoch && !stopping.IsCancellationRequested) await AcknowledgeAsync(process.StandardInput, epoch.Metrics.Epoch);
            }
        }
        catch
        {
            await stopping.CancelAsync();
            throw;
        }
    }

    private static async Task AcknowledgeAsync(StreamWriter input, int epoch)
    {
        try
        {
            await input.WriteLineAsync(TrainerAcknowledgement.Of(epoch));
            await input.FlushAsync();
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It has ended, or is being stopped: the process tells.
        }
    }

    private static async Task<IReadOnlyList<string>> TakeLinesAsync(StreamReader error, Action<string> onLine)
    {
        Queue<string> last = [];
        while (await error.ReadLineAsync(CancellationToken.None) is { } line)
        {
            onLine(line);
            if (string.IsNullOrWhiteSpace(line)) continue;
            last.Enqueue(line);
            if (last.Count > KeptLines) last.Dequeue();
        }
        return [.. last];
    }
}
