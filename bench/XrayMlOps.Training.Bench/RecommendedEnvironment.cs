using System.Diagnostics;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Training.Bench;

/// <summary>The C library reads its settings when a process starts, so a process that lacks them starts another.</summary>
internal static class RecommendedEnvironment
{
    /// <returns>The other process's exit code; null if this process has the environment of <see cref="TrainerEnvironment.Recommended"/>.</returns>
    public static int? RunIfUnset(string[] args)
    {
        if (TrainerEnvironment.Recommended.All(pair => Environment.GetEnvironmentVariable(pair.Key) is not null)) return null;
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(RecommendedEnvironment).Assembly.Location);
        foreach (var argument in args) start.ArgumentList.Add(argument);
        foreach (var (name, value) in TrainerEnvironment.Recommended) start.Environment.TryAdd(name, value);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
