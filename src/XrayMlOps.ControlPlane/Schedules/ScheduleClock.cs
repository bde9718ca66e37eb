using Hangfire;
using Hangfire.Storage;
using XrayMlOps.Storage.Jobs;
using XrayMlOps.Storage.Schedules;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>
/// Hands schedules to Hangfire, which says when it is time. It may say so late, twice, or for a schedule that is gone: what is due is for
/// <see cref="ScheduledTraining"/> to tell, from the registry.
/// </summary>
internal sealed class ScheduleClock(IRecurringJobManager recurring, JobStorage storage, TimeProvider clock)
{
    private const string Prefix = "schedule:";

    /// <summary>Tells Hangfire of a schedule, or to forget it if it is paused or has ended.</summary>
    public void Set(Schedule schedule)
    {
        if (NextRun(schedule) is null)
        {
            Remove(schedule.Name);
            return;
        }
        recurring.AddOrUpdate<ScheduledTraining>(
            Prefix + schedule.Name, JobStorageExtensions.ScheduleQueue, training => training.FireAsync(schedule.Name, CancellationToken.None), schedule.Cron,
            // What was missed is accounted for from the registry, by the schedule's own policy.
            new RecurringJobOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone), MisfireHandling = MisfireHandlingMode.Ignorable });
    }

    public void Remove(string name) => recurring.RemoveIfExists(Prefix + name);

    /// <summary>The cron and zone of each schedule that Hangfire knows, by its name.</summary>
    public Dictionary<string, (string Cron, string? TimeZone)> Known()
    {
        using var connection = storage.GetConnection();
        return connection.GetRecurringJobs()
            .Where(job => job.Id.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(job => job.Id[Prefix.Length..], job => (job.Cron, (string?)job.TimeZoneId), StringComparer.Ordinal);
    }

    /// <summary>When a schedule is due next, or null if it is paused or has ended.</summary>
    public DateTimeOffset? NextRun(Schedule schedule) => schedule.Paused ? null : ScheduleTimes.Of(schedule).Next(clock.GetUtcNow());
}
