using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Backups;

namespace XrayMlOps.Cli.Backups;

/// <summary>What the verbs for backups have in common: how they show progress, what they tell, and how failures are told.</summary>
internal static class BackupView
{
    public static Task<T> ShowAsync<T>(Terminal terminal, bool json, string title, Func<IProgress<BackupProgress>, Task<T>> work) =>
        ProgressDisplay.ShowAsync(terminal.People(json), terminal.Time, title, progress => GuardAsync(() => work(new Steps(progress))));

    /// <param name="done">A verb for what became of the archive.</param>
    public static void Write(Terminal terminal, bool json, string done, string file, BackupHead head)
    {
        var rows = head.Tables.Sum(table => table.Rows);
        var blobs = $"{Figures.Count(head.Blobs, "blob")}, {Figures.Size(head.BlobBytes)}";
        terminal.People(json).MarkupLineInterpolated(
            $"[green]{done}[/] {file}: {Figures.Count(rows, "row")} in {Figures.Count(head.Tables.Count, "table")}; {blobs}; of {Figures.Time(head.CreatedAt)}, schema {head.Schema}.");
        if (json) terminal.WriteJson(new Outcome(file, head));
    }

    /// <summary>The archive holds no secret: whoever moves a deployment has to move it too.</summary>
    public static void WriteSecret(Terminal terminal, bool json, string what) =>
        terminal.People(json).WriteLine($"The secret of the patient keys (pseudonym.secret in the data folder, or ControlPlane__PseudonymSecret) is not in it: {what}.");

    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (BackupRefusedException refused)
        {
            throw new CommandFailure(refused.IsArchive ? ExitCode.BadInput : ExitCode.Failed, refused.Message);
        }
        catch (Exception problem) when (problem is InvalidOperationException or IOException or UnauthorizedAccessException || StorageOutage.IsPassing(problem))
        {
            throw new CommandFailure(ExitCode.Failed, problem.Message);
        }
    }

    private sealed class Steps(IProgress<ProgressStep> progress) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress step) => progress.Report(new ProgressStep(
            step.Bytes, step.AllBytes,
            $"{Figures.Count(step.Blobs)} of {Figures.Count(step.AllBlobs, "blob")}  {Figures.Size(step.Bytes)} of {Figures.Size(step.AllBytes)}"));
    }

    private sealed record Outcome(string File, BackupHead Backup);
}
