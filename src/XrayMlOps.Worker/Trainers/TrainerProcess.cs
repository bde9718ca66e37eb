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

    /// <summary>What a trainer that is asked to stop has to finish its step.</summary>
    public static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Starts the trainer on a folder and waits for its end. Its messages go to <paramref name="onMessage"/> in order, its standard
    /// error to the log in the folder. If <paramref name="stop"/> is cancelled, or a message cannot be taken, it is stopped.
    /// </summary>
    public static async Task<TrainerEnd> RunAsync(string trainer, string folder, Func<TrainerMessage, Task> onMessage, CancellationToken stop)
    {
        using var process = Process.Start(StartInfo(trainer, folder, folder)) ?? throw new InvalidOperationException("No process was started.");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            // The trainer ends when its standard input does: on purpose here, or because this process died.
            await using var closing = stopping.Token.Register(process.StandardInput.Close);
            var log = KeepLogAsync(process.StandardError, Path.Combine(folder, TrainingOutputs.Log));
            var messages = TakeMessagesAsync(process.StandardOutput, onMessage, stopping);
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

    private static async Task TakeMessagesAsync(StreamReader output, Func<TrainerMessage, Task> onMessage, CancellationTokenSource stopping)
    {
        try
        {
            while (await output.ReadLineAsync(CancellationToken.None) is { } line)
            {
                if (TrainerMessage.TryParse(line) is { } message) await onMessage(message);
            }
        }
        catch
        {
            await stopping.CancelAsync();
            throw;
        }
    }

    private static async Task<IReadOnlyList<string>> KeepLogAsync(StreamReader error, string path)
    {
        Queue<string> last = [];
        await using var log = new StreamWriter(path, append: true) { AutoFlush = true };
        while (await error.ReadLineAsync(CancellationToken.None) is { } line)
        {
            await log.WriteLineAsync(line);
            if (string.IsNullOrWhiteSpace(line)) continue;
            last.Enqueue(line);
            if (last.Count > KeptLines) last.Dequeue();
        }
        return [.. last];
    }
}
