using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Storage.Backups;

namespace XrayMlOps.Cli.Backups;

/// <summary><c>xray backup verify</c>.</summary>
internal sealed class BackupVerifyCommand : Verb
{
    private readonly Argument<string> _file = new("file") { Description = "A backup" };
    private readonly JsonOption _json = new();

    public BackupVerifyCommand(Terminal terminal) : base("verify", "Read a backup to its end and check every digest, without restoring it", terminal)
    {
        Add(_file);
        Add(_json);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var json = arguments.GetValue(_json);
        var file = RestoreCommand.Existing(arguments.GetRequiredValue(_file));
        var head = await BackupView.ShowAsync(Terminal, json, "Checking", progress => RegistryRestore.VerifyAsync(file, progress, cancellationToken));
        BackupView.Write(Terminal, json, "Whole:", file, head);
        return ExitCode.Ok;
    }
}
