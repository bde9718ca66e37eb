using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset tag</c>.</summary>
internal sealed class DatasetTagCommand : ServerVerb
{
    private readonly VersionArgument _version = new();
    private readonly Argument<string> _tag = new("tag") { Description = "A name for the version, like baseline; it may have been another version's" };

    public DatasetTagCommand(Terminal terminal) : base("tag", "Give a version a name of your own, for use as NAME@TAG", terminal)
    {
        Add(_version);
        Add(_tag);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var tag = arguments.GetRequiredValue(_tag);
        var version = await client.TagAsync(arguments.GetRequiredValue(_version), tag, cancellationToken);
        if (json) Terminal.WriteJson(version);
        else Terminal.Output.MarkupLineInterpolated($"[green]{version.Name}@{tag}[/] is {version.Reference} now.");
        return ExitCode.Ok;
    }
}
