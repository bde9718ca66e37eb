using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset delete</c>.</summary>
internal sealed class DatasetDeleteCommand : ServerVerb
{
    private readonly Argument<string> _version = new("version") { Description = "NAME@3 or NAME@sha256:DIGEST: exactly one version, by what never changes" };
    private readonly Option<bool> _force = new("--force") { Description = "Delete it although runs, models or other versions need it" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, kept with the number; --force needs it", HelpName = "TEXT" };

    public DatasetDeleteCommand(Terminal terminal) : base("delete", "Delete a dataset version; its number is never used again", terminal)
    {
        Add(_version);
        Add(_force);
        Add(_reason);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var (version, reason) = (arguments.GetRequiredValue(_version), arguments.GetValue(_reason));
        var force = arguments.GetValue(_force);
        if (force && string.IsNullOrWhiteSpace(reason)) throw new CommandFailure(ExitCode.BadInput, "--force needs --reason TEXT: who asks later wants to know.");
        await client.DeleteDatasetAsync(version, new DeleteDatasetRequest(force, reason, Environment.UserName), cancellationToken);
        if (json) Terminal.WriteJson(new VersionDeleted(version, force, reason));
        else Terminal.Output.WriteLine($"{version} is deleted. Its films stay until: xray dataset gc");
        return ExitCode.Ok;
    }

    private sealed record VersionDeleted(string Version, bool Forced, string? Reason);
}
