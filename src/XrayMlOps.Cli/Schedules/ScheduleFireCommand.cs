using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Schedules;

/// <summary><c>xray schedule fire</c>.</summary>
internal sealed class ScheduleFireCommand : ServerVerb
{
    private readonly ScheduleArgument _name = new();

    public ScheduleFireCommand(Terminal terminal)
        : base("fire", "Ask for a schedule's run now, on new data or not; exit code 1 if its run before has not ended, or none can be asked for", terminal) => Add(_name);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        var firing = await client.FireScheduleAsync(name, cancellationToken);
        if (json) Terminal.WriteJson(firing);
        else if (firing.RunId is { } run) Terminal.Output.WriteLine($"Schedule {name} asked for run {run} {firing.Detail}. Watch it: xray runs show {run}");
        else Terminal.Errors.WriteLine($"Schedule {name} asked for no run: {firing.Detail}.");
        return firing.Outcome == FiringOutcome.Started ? ExitCode.Ok : ExitCode.Failed;
    }
}
