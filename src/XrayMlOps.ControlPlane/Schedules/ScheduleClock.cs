using Cronos;
using Hangfire;
using XrayMlOps.Storage.Jobs;
using XrayMlOps.Storage.Schedules;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>Hands schedules to Hangfire, which fires them; what it is told is forgotten when the process ends.</summary>
internal sealed class ScheduleClock(IRecurringJobManager recurring, TimeProvider clock)
{
    public void Set(Schedule schedule) => recurring.AddOrUpdate<ScheduledTraining>(
        IdOf(schedule.Name), JobStorageExtensions.ScheduleQueue, training => training.FireAsync(schedule.Name, CancellationToken.None), schedule.Cron,
        new RecurringJobOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone) });

    public void Remove(string name) => recurring.RemoveIfExists(IdOf(name));

    public DateTimeOffset? NextRun(Schedule schedule) =>
        CronExpression.Parse(schedule.Cron).GetNextOccurrence(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone));

    /// <summary>What is wrong with the times of a schedule, one message each.</summary>
    public static IEnumerable<string> ProblemsOf(string cron, string timeZone)
    {
        if (!CronExpression.TryParse(cron, out _))
            yield return $"cron '{cron}': give five fields (minute, hour, day of month, month, day of week), as in '0 3 * * 0' for Sundays at three";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _)) yield return $"timeZone '{timeZone}': give an IANA name, as in 'UTC' or 'Europe/Zurich'";
    }

    private static string IdOf(string name) => $"schedule:{name}";
}
