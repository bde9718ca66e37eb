using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Sweeps;

/// <summary><c>xray sweep stop</c>.</summary>
internal sealed class SweepStopCommand : ServerVerb
{
    private readonly SweepArgument _sweep = new();

    public SweepStopCommand(Terminal terminal) : base("stop", "Cancel what is unfinished of a sweep; it can be resumed", terminal) => Add(_sweep);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var sweep = await client.StopSweepAsync(arguments.GetValue(_sweep), cancellationToken);
        if (json) Terminal.WriteJson(sweep);
        else Terminal.Output.WriteLine($"Sweep {sweep.Id} is stopped; {Figures.Count(sweep.Counts.Running, "run")} still to end. Take it up again: xray sweep resume {sweep.Id}");
        return ExitCode.Ok;
    }
}
