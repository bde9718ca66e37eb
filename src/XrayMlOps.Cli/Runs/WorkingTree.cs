using System.ComponentModel;
using System.Diagnostics;

namespace XrayMlOps.Cli.Runs;

/// <summary>The source that a run is asked from.</summary>
internal static class WorkingTree
{
    /// <summary>The commit that is checked out in the current folder; null where there is no git, or no repository.</summary>
    public static async Task<string?> CommitAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("git", ["rev-parse", "--verify", "--quiet", "HEAD"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start);
            if (git is null) return null;
            var commit = (await git.StandardOutput.ReadToEndAsync(cancellationToken)).Trim();
            await git.WaitForExitAsync(cancellationToken);
            return git.ExitCode == 0 && commit.Length > 0 ? commit : null;
        }
        catch (Win32Exception)
        {
            return null; // git is not installed
        }
    }
}
