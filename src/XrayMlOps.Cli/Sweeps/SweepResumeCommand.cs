using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Sweeps;

/// <summary><c>xray sweep resume</c>.</summary>
internal sealed class SweepResumeCommand : ServerVerb
{
    private readonly SweepArgument _sweep = new();

    public SweepResumeCommand(Terminal terminal) : base("resume", "Take up a stopped sweep again, its trials from their checkpoints", terminal) => Add(_sweep);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var sweep = await client.ResumeSweepAsync(arguments.GetValue(_sweep), cancellationToken);
        if (json) Terminal.WriteJson(sweep);
        else Terminal.Output.WriteLine($"Sweep {sweep.Id} goes on. Watch it: xray sweep show {sweep.Id}");
        return ExitCode.Ok;
    }
}
