using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset untag</c>.</summary>
internal sealed class DatasetUntagCommand : ServerVerb
{
    private readonly Argument<string> _name = new("name") { Description = "The dataset's name" };
    private readonly Argument<string> _tag = new("tag") { Description = "The tag to take away; the version stays" };

    public DatasetUntagCommand(Terminal terminal) : base("untag", "Take a tag away", terminal)
    {
        Add(_name);
        Add(_tag);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var (name, tag) = (arguments.GetRequiredValue(_name), arguments.GetRequiredValue(_tag));
        await client.RemoveTagAsync(name, tag, cancellationToken);
        if (json) Terminal.WriteJson(new TagRemoved(name, tag));
        else Terminal.Output.WriteLine($"{name}@{tag} names no version any more.");
        return ExitCode.Ok;
    }

    private sealed record TagRemoved(string Name, string Tag);
}
