using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs tag</c>.</summary>
internal sealed class RunsTagCommand : ServerVerb
{
    private readonly RunArgument _run = new();
    private readonly Argument<Dictionary<string, string>> _tags = Tags.Argument();

    public RunsTagCommand(Terminal terminal) : base("tag", "Set tags of a run", terminal)
    {
        Add(_run);
        Add(_tags);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var id = arguments.GetValue(_run);
        foreach (var (key, value) in arguments.GetRequiredValue(_tags)) await client.TagRunAsync(id, key, value, cancellationToken);
        var run = await client.RunAsync(id, cancellationToken);
        if (json) Terminal.WriteJson(run);
        else Terminal.Output.WriteFacts(("Run", $"{id}"), ("Tags", RunView.Describe(run.Tags)));
        return ExitCode.Ok;
    }
}
