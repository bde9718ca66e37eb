using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Schedules;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>Schedules as the API tells them.</summary>
internal static class ScheduleAnswers
{
    /// <summary>By name.</summary>
    public static async Task<IReadOnlyList<ScheduleResponse>> ToResponsesAsync(
        this IQueryable<Schedule> schedules, RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken)
    {
        var rows = await schedules.AsNoTracking()
            .OrderBy(schedule => schedule.Name)
            .Select(schedule => new
            {
                Schedule = schedule,
                LastRun = registry.Runs.Where(run => run.Schedule == schedule.Name).Max(run => (int?)run.Id),
                LastFiring = registry.ScheduleFirings.Where(firing => firing.ScheduleName == schedule.Name).OrderByDescending(firing => firing.DueAt).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => ToResponse(
            row.Schedule, TimeZoneInfo.TryFindSystemTimeZoneById(row.Schedule.TimeZone, out _) ? clock.NextRun(row.Schedule) : null, row.LastRun, row.LastFiring))];
    }

    /// <summary>The schedule of that name, or null.</summary>
    public static async Task<ScheduleResponse?> FindScheduleResponseAsync(
        this RegistryDbContext registry, string name, ScheduleClock clock, CancellationToken cancellationToken) =>
        (await registry.Schedules.Where(schedule => schedule.Name == name).ToResponsesAsync(registry, clock, cancellationToken)) is [var response] ? response : null;

    public static FiringResponse ToResponse(this ScheduleFiring firing) => new(firing.DueAt, firing.FiredAt, firing.Outcome, firing.Detail, firing.RunId);

    private static ScheduleResponse ToResponse(Schedule schedule, DateTimeOffset? nextRun, int? lastRun, ScheduleFiring? lastFiring) => new(
        schedule.Name, schedule.Cron, schedule.TimeZone, schedule.Dataset, schedule.Architecture.Name, schedule.Model, schedule.CreatedAt, nextRun, lastRun,
        schedule.Recipe, schedule.Result, schedule.OnlyNewData, schedule.Missed, schedule.StartsAt, schedule.EndsAt, schedule.Need, schedule.Paused, lastFiring?.ToResponse());
}
