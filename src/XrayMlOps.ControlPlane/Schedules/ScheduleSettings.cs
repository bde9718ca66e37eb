using Microsoft.EntityFrameworkCore;
using XrayMlOps.ControlPlane.Runs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Schedules;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>Makes and changes schedules, alone, so that none fires halfway. What is refused is answered with all that is wrong; nothing is, where it was done.</summary>
internal sealed class ScheduleSettings(RegistryDbContext registry, ScheduleClock schedules, TimeProvider clock)
{
    /// <summary>Makes a schedule, or puts it in place of the one of its name.</summary>
    public async Task<IReadOnlyList<string>> PutAsync(ScheduleRequest request, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        List<string> problems = [.. ProblemsOf(request)];
        if (!DatasetReference.TryParse(request.Dataset, out var dataset) || dataset != new DatasetReference(dataset.Name))
            problems.Add($"dataset '{request.Dataset}': give the name alone; a schedule trains on the latest version");
        else if (!await registry.Datasets.AnyAsync(row => row.Name == dataset.Name, cancellationToken))
            problems.Add($"dataset '{dataset.Name}': there is none; push it first");
        if (problems.Count > 0) return problems;

        var schedule = await registry.Schedules.FindAsync([request.Name], cancellationToken);
        if (schedule is null)
        {
            var now = clock.GetUtcNow();
            schedule = new Schedule
            {
                Name = request.Name,
                Cron = request.Cron,
                TimeZone = request.TimeZone,
                Dataset = dataset.Name,
                Architecture = request.Architecture,
                Recipe = request.Recipe ?? request.Architecture.Recipe,
                Model = request.Model,
                AccountedTo = now,
                CreatedAt = now,
            };
            registry.Schedules.Add(schedule);
        }
        Write(request with { Dataset = dataset.Name }, isPaused: false, schedule);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        schedules.Set(schedule);
        return [];
    }

    /// <summary>Does nothing if there is no schedule of that name.</summary>
    public async Task<IReadOnlyList<string>> ChangeAsync(string name, ScheduleChange change, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.Schedules.FindAsync([name], cancellationToken) is not { } schedule) return [];
        var changed = Change(schedule, change);
        // To pause a schedule, it need not be sound.
        if (change with { Paused = null } != new ScheduleChange() && ProblemsOf(changed).ToList() is { Count: > 0 } problems) return problems;

        Write(changed, change.Paused ?? schedule.Paused, schedule);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        schedules.Set(schedule);
        return [];
    }

    private IEnumerable<string> ProblemsOf(ScheduleRequest request)
    {
        if (!DatasetReference.IsName(request.Name)) yield return $"name '{request.Name}': {DatasetReference.NameRule} are allowed";
        foreach (var problem in ScheduleTimes.ProblemsOf(request, clock.GetUtcNow())) yield return problem;
        foreach (var problem in RunLaunch.ProblemsOf(request.Architecture)) yield return problem;
        foreach (var problem in (request.Recipe ?? request.Architecture.Recipe).Problems()) yield return problem;
        if (!ModelReference.IsName(request.Model)) yield return $"model '{request.Model}': {DatasetReference.NameRule} are allowed";
    }

    private static ScheduleRequest Change(Schedule schedule, ScheduleChange change) => new(
        schedule.Name, change.Cron ?? schedule.Cron, schedule.Dataset, change.Architecture ?? schedule.Architecture, change.Recipe ?? schedule.Recipe,
        change.Model ?? schedule.Model, change.TimeZone ?? schedule.TimeZone, change.Result ?? schedule.Result, change.OnlyNewData ?? schedule.OnlyNewData,
        change.Missed ?? schedule.Missed, change.StartsAt ?? schedule.StartsAt, change.EndsAt ?? schedule.EndsAt, change.Need ?? schedule.Need);

    private void Write(ScheduleRequest request, bool isPaused, Schedule schedule)
    {
        // Only where the times change: a due time that has just come must not be lost to a change of something else.
        var isResumed = schedule.Paused && !isPaused;
        if (isResumed || (schedule.Cron, schedule.TimeZone, schedule.StartsAt, schedule.EndsAt) != (request.Cron, request.TimeZone, request.StartsAt, request.EndsAt))
            schedule.AccountedTo = clock.GetUtcNow();
        (schedule.Cron, schedule.TimeZone, schedule.StartsAt, schedule.EndsAt) = (request.Cron, request.TimeZone, request.StartsAt, request.EndsAt);
        (schedule.Dataset, schedule.OnlyNewData, schedule.Missed) = (request.Dataset, request.OnlyNewData, request.Missed);
        (schedule.Architecture, schedule.Recipe, schedule.Need) = (request.Architecture, request.Recipe ?? request.Architecture.Recipe, request.Need);
        (schedule.Model, schedule.Result, schedule.Paused) = (request.Model, request.Result, isPaused);
    }
}
