using Cronos;
using XrayMlOps.ControlPlane.Schedules;

namespace XrayMlOps.ControlPlane.Tests.Schedules;

public sealed class ScheduleTimesTests
{
    [Theory]
    // 2 o'clock to 3 o'clock is skipped on 29 March, and comes twice on 25 October.
    [InlineData("30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z")]
    [InlineData("30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    [InlineData("0 * * * *", "2026-03-29T00:00Z", "2026-03-29T01:00Z", "2026-03-29T02:00Z")]
    [InlineData("0 * * * *", "2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z")]
    [InlineData("*/30 2 * * *", "2026-10-25T00:00Z", "2026-10-25T00:30Z", "2026-10-25T01:00Z")]
    [InlineData("0 3 * * *", "2026-10-24T12:00Z", "2026-10-25T02:00Z", "2026-10-26T02:00Z")]
    public void Time_of_day_in_a_zone_whose_clock_changes_comes_once_and_an_interval_follows_the_clock(string cron, string after, string first, string second)
    {
        var times = Times(cron, "Europe/Zurich");

        var next = times.Next(At(after));

        Assert.Equal(At(first), next);
        Assert.Equal(At(second), times.Next(next!.Value));
    }

    [Fact]
    public void Schedule_with_a_start_and_an_end_is_due_at_both_and_not_outside()
    {
        var times = Times("0 3 * * *") with { StartsAt = At("2026-03-02T03:00Z"), EndsAt = At("2026-03-04T03:00Z") };

        Assert.Equal(At("2026-03-02T03:00Z"), times.Next(At("2026-02-01T00:00Z")));
        Assert.Equal(At("2026-03-04T03:00Z"), times.Next(At("2026-03-03T03:00Z")));
        Assert.Null(times.Next(At("2026-03-04T03:00Z")));
        Assert.Equal(new DueTimes(At("2026-03-04T03:00Z"), At("2026-03-03T03:00Z"), 3), times.DueIn(At("2026-02-01T00:00Z"), At("2027-01-01T00:00Z")));
        Assert.Null(times.DueIn(At("2026-02-01T00:00Z"), At("2026-03-02T02:59Z")));
    }

    [Fact]
    public void Due_time_is_counted_once_it_has_come_and_not_once_it_is_accounted_for()
    {
        var (times, due) = (Times("* * * * *"), At("2026-03-02T03:00Z"));

        Assert.Null(times.DueIn(due.AddMinutes(-1), due.AddTicks(-1)));
        Assert.Equal(new DueTimes(due, null, 1), times.DueIn(due.AddMinutes(-1), due));
        Assert.Null(times.DueIn(due, due.AddSeconds(59)));
    }

    [Theory]
    [InlineData(1, 119, 0)]
    [InlineData(1, 120, 1)]
    [InlineData(4, 119, 3)]
    [InlineData(4, 120, 4)]
    public void Latest_due_time_is_late_for_two_minutes_and_missed_from_then_on_whereas_those_before_it_are_missed(int count, int secondsAgo, int missed)
    {
        var now = At("2026-03-05T12:00Z");
        var latest = now.AddSeconds(-secondsAgo);

        var due = new DueTimes(latest, count > 1 ? latest.AddDays(-1) : null, count);

        Assert.Equal(missed, due.Missed(now)?.Count ?? 0);
        Assert.Equal(missed == 0 ? null : missed == count ? latest : latest.AddDays(-1), due.Missed(now)?.At);
    }

    private static ScheduleTimes Times(string cron, string zone = "UTC") => new(CronExpression.Parse(cron), TimeZoneInfo.FindSystemTimeZoneById(zone), null, null);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
