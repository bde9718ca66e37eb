using System.Diagnostics;
using System.Text;

namespace XrayMlOps.Worker.Tests;

/// <summary>Finds trainers among the processes of this machine, which Linux shows in /proc.</summary>
internal static class TrainerProcesses
{
    /// <summary>The one trainer at work on a run's folder.</summary>
    public static Process On(string folder) => Process.GetProcesses().Single(process => CommandLine(process).EndsWith($"\0{folder}\0", StringComparison.Ordinal));

    private static string CommandLine(Process process)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process.Id}/cmdline"));
        }
        catch (IOException)
        {
            return ""; // ended meanwhile
        }
    }
}
