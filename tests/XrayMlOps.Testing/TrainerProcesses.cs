using System.Diagnostics;
using System.Text;

namespace XrayMlOps.Testing;

/// <summary>Finds trainers among the processes of this machine, which Linux shows in /proc.</summary>
public static class TrainerProcesses
{
    /// <summary>The one trainer at work on a run's folder.</summary>
    public static Process On(string folder) => Process.GetProcesses().Single(process => FolderOf(process) == folder);

    /// <summary>Those at work in a folder below <paramref name="data"/>.</summary>
    public static IReadOnlyList<Process> In(string data) => [.. Process.GetProcesses().Where(process => FolderOf(process)?.StartsWith(data, StringComparison.Ordinal) == true)];

    /// <summary>The names of the folders, one a run, that trainers below <paramref name="data"/> are at work on; one that two are at work on is there twice.</summary>
    public static IReadOnlyList<string> RunsIn(string data) =>
        [.. Process.GetProcesses().Select(FolderOf).OfType<string>().Where(folder => folder.StartsWith(data, StringComparison.Ordinal)).Select(folder => Path.GetFileName(folder))];

    /// <summary>The run's folder, the last word of a trainer's command line; null for any other process.</summary>
    private static string? FolderOf(Process process)
    {
        try
        {
            var words = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process.Id}/cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return words is [.., var program, var folder] && program.EndsWith("XrayMlOps.Trainer.dll", StringComparison.Ordinal) ? folder : null;
        }
        catch (IOException)
        {
            return null; // ended meanwhile
        }
    }
}
