using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs cancel</c>.</summary>
internal sealed class RunsCancelCommand : ServerVerb
{
    private readonly RunArgument _run = new();

    public RunsCancelCommand(Terminal terminal) : base("cancel", "Cancel a run that is queued or running", terminal) => Add(_run);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var run = await client.CancelRunAsync(arguments.GetValue(_run), cancellationToken);
        if (json) Terminal.WriteJson(run);
        else Terminal.Output.WriteLine($"Run {run.Id} is asked to stop; it is {run.State.ToString().ToLowerInvariant()} now.");
        return ExitCode.Ok;
    }
}
