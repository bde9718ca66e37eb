using Cronos;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Storage.Schedules;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>When a schedule is due: by its cron in its zone (see <see cref="ScheduleRequest"/>), from its start to its end, both included.</summary>
internal sealed record ScheduleTimes(CronExpression Cron, TimeZoneInfo Zone, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt)
{
    /// <exception cref="TimeZoneNotFoundException">This machine does not know the zone.</exception>
    public static ScheduleTimes Of(Schedule schedule) =>
        new(CronExpression.Parse(schedule.Cron), TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone), schedule.StartsAt, schedule.EndsAt);

    /// <summary>Everything that is wrong with the times of a schedule, one message each.</summary>
    public static IEnumerable<string> ProblemsOf(ScheduleRequest request, DateTimeOffset now)
    {
        var isCron = CronExpression.TryParse(request.Cron, out var cron);
        if (!isCron)
            yield return $"cron '{request.Cron}': give five fields (minute, hour, day of month, month, day of week), as in '0 3 * * 0' for Sundays at three";
        var isZone = TimeZoneInfo.TryFindSystemTimeZoneById(request.TimeZone, out var zone);
        if (!isZone) yield return $"timeZone '{request.TimeZone}': give an IANA name, as in 'UTC' or 'Europe/Zurich'";
        if (request.EndsAt <= request.StartsAt) yield return $"endsAt {request.EndsAt:O}: it is not after startsAt {request.StartsAt:O}";
        else if (isCron && isZone)
        {
            var times = new ScheduleTimes(cron!, zone!, request.StartsAt, EndsAt: null);
            if (times.Next(now) is not { } next) yield return $"cron '{request.Cron}': there is no such day";
            else if (next > request.EndsAt) yield return $"endsAt {request.EndsAt:O}: the schedule would never be due; its first time is {next:O}";
        }
    }

    /// <summary>The first due time after a moment, or null.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var next = StartsAt > after ? Cron.GetNextOccurrence(StartsAt.Value, Zone, inclusive: true) : Cron.GetNextOccurrence(after, Zone);
        return next > EndsAt ? null : next;
    }

    /// <summary>What is due after <paramref name="accountedTo"/> and up to <paramref name="now"/>, or null.</summary>
    public DueTimes? DueIn(DateTimeOffset accountedTo, DateTimeOffset now)
    {
        DueTimes? due = null;
        for (var next = Next(accountedTo); next is { } at && at <= now; next = Next(at)) due = new DueTimes(at, due?.Latest, (due?.Count ?? 0) + 1);
        return due;
    }
}

/// <summary>Due times that are not accounted for.</summary>
/// <param name="Before">The one before the latest, if it is among them.</param>
internal readonly record struct DueTimes(DateTimeOffset Latest, DateTimeOffset? Before, int Count)
{
    /// <summary>
    /// The latest due time is late, not missed, for so long: Hangfire may come up to a minute after it, and what fails then is tried again. Those before it
    /// are missed however young they are: the next one was due by then.
    /// </summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    public bool IsLatestMissed(DateTimeOffset now) => now - Latest >= Tolerance;

    /// <summary>The latest of those that were missed and how many there are, or null.</summary>
    public (DateTimeOffset At, int Count)? Missed(DateTimeOffset now) =>
        IsLatestMissed(now) ? (Latest, Count) : Before is { } before ? (before, Count - 1) : null;
}
