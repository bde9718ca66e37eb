using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Schedules;

/// <summary><c>xray schedule remove</c>.</summary>
internal sealed class ScheduleRemoveCommand : ServerVerb
{
    private readonly ScheduleArgument _name = new();

    public ScheduleRemoveCommand(Terminal terminal) : base("remove", "Remove a retraining schedule", terminal) => Add(_name);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        await client.RemoveScheduleAsync(name, cancellationToken);
        if (json) Terminal.WriteJson(new RemovedSchedule(name));
        else Terminal.Output.WriteLine($"Schedule {name} is removed.");
        return ExitCode.Ok;
    }

    private sealed record RemovedSchedule(string Removed);
}
