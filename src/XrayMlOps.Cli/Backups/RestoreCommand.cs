using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Storage.Backups;

namespace XrayMlOps.Cli.Backups;

/// <summary><c>xray restore</c>.</summary>
internal sealed class RestoreCommand : Verb
{
    private readonly Option<string> _from = new("--from") { Description = "The backup to restore", HelpName = "FILE", Required = true };
    private readonly StorageOptions _storage = new();
    private readonly JsonOption _json = new();

    public RestoreCommand(Terminal terminal)
        : base("restore", "Bring a backup into an empty registry, on the same kind of storage or another; directly into the storage, without a server", terminal)
    {
        Add(_from);
        _storage.AddTo(this);
        Add(_json);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var json = arguments.GetValue(_json);
        var file = Existing(arguments.GetRequiredValue(_from));
        using var storage = _storage.Open(arguments);
        var head = await BackupView.ShowAsync(
            Terminal, json, "Restoring", progress => new RegistryRestore(storage.Registry, storage.Blobs, Terminal.Time).RestoreAsync(file, progress, cancellationToken));
        BackupView.Write(Terminal, json, "Restored", file, head);
        BackupView.WriteSecret(Terminal, json, "give the hosts the one that the backed-up deployment had, before a DICOM film is pushed");
        return ExitCode.Ok;
    }

    public static string Existing(string file) =>
        File.Exists(file) ? Path.GetFullPath(file) : throw new CommandFailure(ExitCode.BadInput, $"There is no file {Path.GetFullPath(file)}.");
}
