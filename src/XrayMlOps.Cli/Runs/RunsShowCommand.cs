using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs show</c>.</summary>
internal sealed class RunsShowCommand : ServerVerb
{
    private readonly RunArgument _run = new();
    private readonly Option<bool> _epochs = new("--epochs") { Description = "Show every epoch too" };

    public RunsShowCommand(Terminal terminal) : base("show", "Show a run: what was asked, how far it is, how well it does", terminal)
    {
        Add(_run);
        Add(_epochs);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var run = await client.RunAsync(arguments.GetValue(_run), cancellationToken);
        if (json)
        {
            Terminal.WriteJson(run);
            return ExitCode.Ok;
        }
        Terminal.Output.WriteRun(run);
        if (arguments.GetValue(_epochs) && run.Evaluation is not null) Terminal.Output.WriteWhole(RunView.EpochTable(run));
        return ExitCode.Ok;
    }
}
