using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Schedules;

/// <summary><c>xray schedule pause</c> and <c>xray schedule resume</c>.</summary>
internal sealed class ScheduleSwitchCommand : ServerVerb
{
    private readonly ScheduleArgument _name = new();
    private readonly bool _paused;

    public ScheduleSwitchCommand(string name, string description, bool paused, Terminal terminal) : base(name, description, terminal)
    {
        _paused = paused;
        Add(_name);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var schedule = await client.ChangeScheduleAsync(arguments.GetRequiredValue(_name), new ScheduleChange(Paused: _paused), cancellationToken);
        if (json) Terminal.WriteJson(schedule);
        else Terminal.Output.WriteLine($"Schedule {schedule.Name} is {schedule.State()}{(schedule.NextRunAt is { } next ? $", next due at {Figures.Time(next)}" : "")}.");
        return ExitCode.Ok;
    }
}
