using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Sweeps;

/// <summary><c>xray sweep show</c>.</summary>
internal sealed class SweepShowCommand : ServerVerb
{
    private readonly SweepArgument _sweep = new();

    public SweepShowCommand(Terminal terminal) : base("show", "Show a sweep: how far it is, and every trial by its metric", terminal) => Add(_sweep);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var sweep = await client.SweepAsync(arguments.GetValue(_sweep), cancellationToken);
        if (json) Terminal.WriteJson(sweep);
        else Terminal.Output.WriteSweep(sweep);
        return ExitCode.Ok;
    }
}
