using Hangfire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using XrayMlOps.ControlPlane.Runs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Storage.Schedules;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>
/// What happens when a schedule's time comes. Whoever thinks that it has calls; the registry says what is due. The firing, the run and up to when the schedule
/// is accounted for are written in one transaction that is alone, so a due time is neither lost nor fired twice, whoever calls, crashes or calls again.
/// </summary>
internal sealed partial class ScheduledTraining(RegistryDbContext registry, RunLaunch launch, TimeProvider clock, ILogger<ScheduledTraining> logger)
{
    /// <summary>Accounts for all that is due: fires for the latest due time, and treats those that were missed as the schedule says.</summary>
    [AutomaticRetry(Attempts = 4, DelaysInSeconds = [5, 15, 30, 30])]
    public async Task FireAsync(string name, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.Schedules.FindAsync([name], cancellationToken) is not { Paused: false } schedule) return; // removed or paused since
        var now = clock.GetUtcNow();
        if (ScheduleTimes.Of(schedule).DueIn(schedule.AccountedTo, now) is not { } due)
        {
            LogNothingDue(name, schedule.AccountedTo);
            return;
        }
        schedule.AccountedTo = due.Latest;
        List<ScheduleFiring> firings = [];
        var missed = due.Missed(now);
        if (schedule.Missed == MissedFirings.Skip && missed is { } skipped)
            firings.Add(Firing(schedule, skipped.At, FiringOutcome.Missed, $"{Describe(skipped.Count)}: the platform was down, and the schedule skips what it missed"));
        if (schedule.Missed == MissedFirings.RunOnce || !due.IsLatestMissed(now))
        {
            var note = schedule.Missed == MissedFirings.RunOnce && missed is { } madeUp ? $"; {Describe(madeUp.Count)}, and this makes up for all" : "";
            if (!await IsAccountedForAsync(name, due.Latest, cancellationToken))
                firings.Add(await DecideAsync(schedule, due.Latest, schedule.OnlyNewData, note, cancellationToken));
        }
        await CommitAsync(transaction, firings, cancellationToken);
    }

    /// <summary>Fires now, whatever the clock says, and on data that was trained on before too. Null if there is no such schedule.</summary>
    public async Task<ScheduleFiring?> FireByHandAsync(string name, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.Schedules.FindAsync([name], cancellationToken) is not { } schedule) return null;
        var dueAt = clock.GetUtcNow();
        while (await IsAccountedForAsync(name, dueAt, cancellationToken)) dueAt += TimeSpan.FromTicks(1);
        var firing = await DecideAsync(schedule, dueAt, onlyNewData: false, "; fired by hand", cancellationToken);
        await CommitAsync(transaction, [firing], cancellationToken);
        return firing;
    }

    private Task<bool> IsAccountedForAsync(string name, DateTimeOffset dueAt, CancellationToken cancellationToken) =>
        registry.ScheduleFirings.AnyAsync(firing => firing.ScheduleName == name && firing.DueAt == dueAt, cancellationToken);

    private async Task<ScheduleFiring> DecideAsync(Schedule schedule, DateTimeOffset dueAt, bool onlyNewData, string note, CancellationToken cancellationToken)
    {
        var runs = registry.Runs.Where(run => run.Schedule == schedule.Name);
        if (await IdOfAsync(runs.Where(run => run.State == RunState.Queued || run.State == RunState.Running), cancellationToken) is { } unfinished)
            return Firing(schedule, dueAt, FiringOutcome.StillRunning, $"run {unfinished} has not ended{note}");

        var latest = await registry.FindDatasetVersionAsync(new DatasetReference(schedule.Dataset), cancellationToken);
        // A schedule that was removed left its runs to the next of its name, which has not trained yet.
        var trained = runs.Where(run => run.CreatedAt >= schedule.CreatedAt && run.State == RunState.Succeeded);
        if (onlyNewData && latest is not null && await IdOfAsync(trained.Where(run => run.DatasetVersion.Digest == latest.Digest), cancellationToken) is { } same)
            return Firing(schedule, dueAt, FiringOutcome.NoNewData, $"{schedule.Dataset}@{latest.Number} is the latest version, and run {same} was trained on it{note}");

        var launched = await launch.LaunchAsync(RequestOf(schedule), cancellationToken);
        return launched.RunId is { } id
            ? Firing(schedule, dueAt, FiringOutcome.Started, $"on {schedule.Dataset}@{latest?.Number}{note}", id)
            : Firing(schedule, dueAt, FiringOutcome.Refused, string.Join("; ", launched.Problems) + note);
    }

    private static TrainRequest RequestOf(Schedule schedule) => new(
        schedule.Dataset, schedule.Architecture, schedule.Recipe,
        schedule.Result == ScheduledResult.Keep ? null : schedule.Model,
        schedule.Result == ScheduledResult.Challenger ? ModelReference.Challenger : null,
        Schedule: schedule.Name, Need: schedule.Need);

    private static Task<int?> IdOfAsync(IQueryable<Run> runs, CancellationToken cancellationToken) => runs.MaxAsync(run => (int?)run.Id, cancellationToken);

    private ScheduleFiring Firing(Schedule schedule, DateTimeOffset dueAt, FiringOutcome outcome, string detail, int? runId = null) => new()
    {
        ScheduleName = schedule.Name,
        DueAt = dueAt.ToUniversalTime(),
        FiredAt = clock.GetUtcNow(),
        Outcome = outcome,
        Detail = detail,
        RunId = runId,
    };

    private static string Describe(int missed) => missed == 1 ? "1 due time was missed" : $"{missed:N0} due times were missed";

    /// <summary>Tells of what is committed, the workers included: of a run that might not be they would hear too early.</summary>
    private async Task CommitAsync(IDbContextTransaction transaction, List<ScheduleFiring> firings, CancellationToken cancellationToken)
    {
        registry.ScheduleFirings.AddRange(firings);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await launch.TellWorkersAsync(cancellationToken);
        foreach (var firing in firings) Log(firing);
    }

    private void Log(ScheduleFiring firing)
    {
        switch (firing.Outcome)
        {
            case FiringOutcome.Started:
                LogFired(firing.ScheduleName, firing.RunId!.Value, firing.Detail);
                break;
            case FiringOutcome.NoNewData:
                LogNoNewData(firing.ScheduleName, firing.Detail);
                break;
            case FiringOutcome.Refused:
                LogRefused(firing.ScheduleName, firing.Detail);
                break;
            case FiringOutcome.StillRunning or FiringOutcome.Missed:
                LogSkipped(firing.ScheduleName, firing.Detail);
                break;
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Schedule {Schedule} asked for run {RunId} {Detail}")]
    private partial void LogFired(string schedule, int runId, string? detail);

    [LoggerMessage(21, LogLevel.Warning, "Schedule {Schedule} asked for nothing: {Detail}")]
    private partial void LogSkipped(string schedule, string? detail);

    [LoggerMessage(22, LogLevel.Error, "Schedule {Schedule} cannot ask for a run: {Detail}")]
    private partial void LogRefused(string schedule, string? detail);

    [LoggerMessage(60, LogLevel.Information, "Schedule {Schedule} asked for nothing, as there is no new data: {Detail}")]
    private partial void LogNoNewData(string schedule, string? detail);

    [LoggerMessage(61, LogLevel.Debug, "Schedule {Schedule} has nothing due since {AccountedTo}")]
    private partial void LogNothingDue(string schedule, DateTimeOffset accountedTo);
}
