using Microsoft.EntityFrameworkCore;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>Tells Hangfire of every schedule in the registry when the process starts.</summary>
internal sealed partial class ScheduleRestore(IDbContextFactory<RegistryDbContext> registries, ScheduleClock clock, ILogger<ScheduleRestore> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        foreach (var schedule in await registry.Schedules.AsNoTracking().ToListAsync(cancellationToken))
        {
            try
            {
                clock.Set(schedule);
            }
            catch (TimeZoneNotFoundException problem)
            {
                LogLeftOut(problem, schedule.Name);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(23, LogLevel.Error, "Schedule {Schedule} will not fire: this machine does not know its time zone")]
    private partial void LogLeftOut(Exception problem, string schedule);
}
