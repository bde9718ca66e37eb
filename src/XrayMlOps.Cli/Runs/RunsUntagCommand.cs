using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs untag</c>.</summary>
internal sealed class RunsUntagCommand : ServerVerb
{
    private readonly RunArgument _run = new();
    private readonly Argument<string[]> _keys = new("keys") { Description = "Of the tags", HelpName = "KEY", Arity = ArgumentArity.OneOrMore };

    public RunsUntagCommand(Terminal terminal) : base("untag", "Take tags off a run", terminal)
    {
        Add(_run);
        Add(_keys);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var id = arguments.GetValue(_run);
        foreach (var key in arguments.GetRequiredValue(_keys)) await client.UntagRunAsync(id, key, cancellationToken);
        var run = await client.RunAsync(id, cancellationToken);
        if (json) Terminal.WriteJson(run);
        else Terminal.Output.WriteFacts(("Run", $"{id}"), ("Tags", run.Tags.Count == 0 ? "none" : RunView.Describe(run.Tags)));
        return ExitCode.Ok;
    }
}
