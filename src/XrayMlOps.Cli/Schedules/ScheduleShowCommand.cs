using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Schedules;

/// <summary><c>xray schedule show</c>.</summary>
internal sealed class ScheduleShowCommand : ServerVerb
{
    private readonly ScheduleArgument _name = new();
    private readonly Option<int> _limit = new("--limit") { Description = "How many of its last due times, 1 to 200", HelpName = "N", DefaultValueFactory = _ => 10 };

    public ScheduleShowCommand(Terminal terminal) : base("show", "Show a schedule and what became of its last due times", terminal)
    {
        Add(_name);
        Add(_limit);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        var schedule = await client.ScheduleAsync(name, cancellationToken);
        var firings = await client.FiringsAsync(name, arguments.GetValue(_limit), cancellationToken);
        if (json) Terminal.WriteJson(new ScheduleAndFirings(schedule, firings));
        else Terminal.Output.WriteSchedule(schedule, firings);
        return ExitCode.Ok;
    }

    /// <summary>What <c>--json</c> prints.</summary>
    internal sealed record ScheduleAndFirings(ScheduleResponse Schedule, IReadOnlyList<FiringResponse> Firings);
}
