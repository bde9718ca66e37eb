using Hangfire;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.ControlPlane.Runs;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>What happens when a schedule's time comes.</summary>
internal sealed partial class ScheduledTraining(RegistryDbContext registry, RunLaunch launch, ILogger<ScheduledTraining> logger)
{
    /// <summary>Asks for a run on the dataset's latest version, unless the schedule's last run has not ended yet.</summary>
    [AutomaticRetry(Attempts = 3)]
    public async Task FireAsync(string name, CancellationToken cancellationToken)
    {
        var schedule = await registry.Schedules.AsNoTracking().SingleOrDefaultAsync(schedule => schedule.Name == name, cancellationToken);
        if (schedule is null) return; // removed since
        var unfinished = await registry.Runs.Where(run => run.Schedule == name && (run.State == RunState.Queued || run.State == RunState.Running))
            .Select(run => (int?)run.Id).FirstOrDefaultAsync(cancellationToken);
        if (unfinished is not null)
        {
            LogSkipped(name, unfinished.Value);
            return;
        }
        var launched = await launch.LaunchAsync(
            new TrainRequest($"{schedule.Dataset}@latest", schedule.Architecture, schedule.Recipe, schedule.Model, ModelReference.Challenger, Schedule: name), cancellationToken);
        if (launched.RunId is { } id) LogFired(name, id);
        else LogRefused(name, string.Join("; ", launched.Problems));
    }

    [LoggerMessage(20, LogLevel.Information, "Schedule {Schedule} asked for run {RunId}")]
    private partial void LogFired(string schedule, int runId);

    [LoggerMessage(21, LogLevel.Warning, "Schedule {Schedule} asked for nothing: its run {RunId} has not ended yet")]
    private partial void LogSkipped(string schedule, int runId);

    [LoggerMessage(22, LogLevel.Error, "Schedule {Schedule} cannot ask for a run: {Problems}")]
    private partial void LogRefused(string schedule, string problems);
}
