using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Storage.Backups;

namespace XrayMlOps.Cli.Backups;

/// <summary><c>xray backup</c>.</summary>
internal sealed class BackupCommand : Verb
{
    private readonly Option<string> _to = new("--to") { Description = "The file to write, which must not be there yet", HelpName = "FILE", Required = true };
    private readonly StorageOptions _storage = new();
    private readonly JsonOption _json = new();

    public BackupCommand(Terminal terminal)
        : base("backup", "Write the registry and all blobs that it names into one file; directly from the storage, without a server", terminal)
    {
        Add(_to);
        _storage.AddTo(this);
        Add(_json);
        Add(new BackupVerifyCommand(terminal));
    }

    protected override async Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var json = arguments.GetValue(_json);
        var file = Path.GetFullPath(arguments.GetRequiredValue(_to));
        if (File.Exists(file)) throw new CommandFailure(ExitCode.BadInput, $"{file} is there already: give another name with --to.");
        if (!Directory.Exists(Path.GetDirectoryName(file))) throw new CommandFailure(ExitCode.BadInput, $"There is no folder {Path.GetDirectoryName(file)} to write the backup into.");
        using var storage = _storage.Open(arguments);
        var head = await BackupView.ShowAsync(
            Terminal, json, "Backing up", progress => new RegistryBackup(storage.Registry, storage.Blobs, Terminal.Time).WriteAsync(file, progress, cancellationToken));
        BackupView.Write(Terminal, json, "Backed up into", file, head);
        BackupView.WriteSecret(Terminal, json, "keep it apart");
        return ExitCode.Ok;
    }
}
