using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Models;

/// <summary><c>xray models register</c>.</summary>
internal sealed class ModelsRegisterCommand : ServerVerb
{
    private readonly RunArgument _run = new();
    private readonly Option<string> _name = new("--name", "-n")
    {
        Description = "The model's name",
        HelpName = "NAME",
        DefaultValueFactory = _ => ModelReference.DefaultName,
    };

    public ModelsRegisterCommand(Terminal terminal) : base("register", "Register the model of a run that succeeded as the next version", terminal)
    {
        Add(_run);
        Add(_name);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var version = await client.RegisterAsync(arguments.GetRequiredValue(_name), arguments.GetValue(_run), cancellationToken);
        if (json) Terminal.WriteJson(version);
        else
            Terminal.Output.MarkupLineInterpolated(
                $"[green]{version.Reference}[/] is the model of run {version.RunId}. Serve it: xray models promote {version.Reference}");
        return ExitCode.Ok;
    }
}
