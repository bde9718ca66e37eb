using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Schedules;

/// <summary><c>xray schedule list</c>.</summary>
internal sealed class ScheduleListCommand(Terminal terminal) : ServerVerb("list", "List the retraining schedules", terminal)
{
    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var schedules = await client.SchedulesAsync(cancellationToken);
        if (json)
        {
            Terminal.WriteJson(schedules);
        }
        else if (schedules.Count == 0)
        {
            Terminal.Output.WriteLine("There is no schedule yet. Add one: xray schedule add --help");
        }
        else
        {
            var table = Tables.Of("Schedule", "Cron", "Zone", "Dataset", "Network", "Model", "State", "Next run", "Last outcome", "#Last run");
            foreach (var schedule in schedules)
            {
                table.Row(
                    schedule.Name, schedule.Cron, schedule.TimeZone, schedule.Dataset, schedule.Architecture, schedule.Model, schedule.State(), Figures.Time(schedule.NextRunAt),
                    schedule.LastFiring is { } last ? last.Outcome.Words() : Figures.None, schedule.LastRunId?.ToString() ?? Figures.None);
            }
            Terminal.Output.WriteWhole(table);
        }
        return ExitCode.Ok;
    }
}
