using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Schedules;

/// <summary>Shows a schedule to a person.</summary>
internal static class ScheduleView
{
    public static void WriteSchedule(this IAnsiConsole console, ScheduleResponse schedule, IReadOnlyList<FiringResponse> firings)
    {
        console.WriteFacts(
            ("Schedule", $"{schedule.Name}, {schedule.State()}"),
            ("Due", $"{schedule.Cron} ({schedule.TimeZone})"),
            ("Starts", schedule.StartsAt is null ? null : Figures.Time(schedule.StartsAt)),
            ("Ends", schedule.EndsAt is null ? null : Figures.Time(schedule.EndsAt)),
            ("Next run", Figures.Time(schedule.NextRunAt)),
            ("Trains", $"{schedule.Architecture} on {schedule.Dataset}@latest, {(schedule.OnlyNewData ? "if that is new" : "new or not")}"),
            ("Needs", schedule.Need.ToString().ToLowerInvariant()),
            ("Result", schedule.Result switch
            {
                ScheduledResult.Keep => "stays with its run",
                ScheduledResult.Register => $"is registered as {schedule.Model}",
                _ => $"is registered as {schedule.Model} and made its challenger",
            }),
            ("Missed", schedule.Missed == MissedFirings.Skip ? "is skipped" : "is made up for once"),
            ("Last run", schedule.LastRunId?.ToString()),
            ("Created", Figures.Time(schedule.CreatedAt)));
        if (firings.Count == 0) return;
        var table = Tables.Of("Due", "Fired", "Outcome", "#Run", "Detail");
        foreach (var firing in firings)
        {
            table.Row(
                Figures.Time(firing.DueAt), Figures.Time(firing.FiredAt), firing.Outcome.Words(), firing.RunId?.ToString() ?? Figures.None,
                firing.Detail ?? Figures.None);
        }
        console.WriteWhole(table);
    }

    public static string State(this ScheduleResponse schedule) => schedule switch
    {
        { Paused: true } => "paused",
        { NextRunAt: null } => "ended",
        _ => "on",
    };

    public static string Words(this FiringOutcome outcome) => outcome switch
    {
        FiringOutcome.NoNewData => "no new data",
        FiringOutcome.StillRunning => "still running",
        _ => outcome.ToString().ToLowerInvariant(),
    };
}
