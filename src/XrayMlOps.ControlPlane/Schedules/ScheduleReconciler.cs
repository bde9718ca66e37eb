using Microsoft.EntityFrameworkCore;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Schedules;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>
/// Makes Hangfire agree with the registry, at start and every minute: it is told of schedules that it does not know, as another control plane may have taken
/// them, and forgets those that are gone. What is due and was not fired, because the platform was down or the registry away, is accounted for.
/// </summary>
internal sealed partial class ScheduleReconciler(
    IDbContextFactory<RegistryDbContext> registries, IServiceScopeFactory scopes, ScheduleClock schedules, TimeProvider clock, ILogger<ScheduleReconciler> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryReconcileAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        // In this order: a schedule is in the registry before Hangfire hears of it.
        var known = schedules.Known();
        await using var registry = await registries.CreateDbContextAsync(cancellationToken);
        foreach (var schedule in await registry.Schedules.AsNoTracking().ToListAsync(cancellationToken))
        {
            try
            {
                await ReconcileAsync(schedule, known, cancellationToken);
            }
            catch (TimeZoneNotFoundException problem)
            {
                LogLeftOut(problem, schedule.Name);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                LogNotReconciled(problem, schedule.Name);
            }
            known.Remove(schedule.Name);
        }
        foreach (var gone in known.Keys) schedules.Remove(gone);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await TryReconcileAsync(stoppingToken);
    }

    private async Task ReconcileAsync(Schedule schedule, Dictionary<string, (string Cron, string? TimeZone)> known, CancellationToken cancellationToken)
    {
        var isKnown = known.TryGetValue(schedule.Name, out var told);
        var isWanted = schedules.NextRun(schedule) is not null;
        // To tell Hangfire what it knows would only keep it busy.
        if (isKnown != isWanted || (isKnown && told != (schedule.Cron, schedule.TimeZone))) schedules.Set(schedule);
        if (schedule.Paused || ScheduleTimes.Of(schedule).DueIn(schedule.AccountedTo, clock.GetUtcNow()) is null) return;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ScheduledTraining>().FireAsync(schedule.Name, cancellationToken);
    }

    private async Task TryReconcileAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReconcileAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            LogFailure(problem);
        }
    }

    [LoggerMessage(23, LogLevel.Error, "Schedule {Schedule} will not fire: this machine does not know its time zone")]
    private partial void LogLeftOut(Exception problem, string schedule);

    [LoggerMessage(62, LogLevel.Error, "Schedules could not be brought in line with the registry; it is tried again in a minute")]
    private partial void LogFailure(Exception problem);

    [LoggerMessage(63, LogLevel.Error, "Schedule {Schedule} could not be brought in line with the registry; it is tried again in a minute")]
    private partial void LogNotReconciled(Exception problem, string schedule);
}
