using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Schedules;

/// <summary>What becomes of the model of a scheduled run.</summary>
public enum ScheduledResult
{
    /// <summary>It stays the run's.</summary>
    Keep,

    /// <summary>It is registered.</summary>
    Register,

    /// <summary>It is registered, and the alias <c>challenger</c> points at it.</summary>
    Challenger,
}

/// <summary>What to do, once the platform is up again, about due times that passed while it was down.</summary>
public enum MissedFirings
{
    /// <summary>Fire once for all of them.</summary>
    RunOnce,

    /// <summary>Note that they were missed, and wait for the next.</summary>
    Skip,
}

/// <summary>What became of a due time.</summary>
public enum FiringOutcome
{
    /// <summary>A run was asked for.</summary>
    Started,

    /// <summary>The dataset's latest version was trained on before.</summary>
    NoNewData,

    /// <summary>The schedule's run before has not ended.</summary>
    StillRunning,

    /// <summary>No run could be asked for: the dataset is gone, or the recipe is no longer sound.</summary>
    Refused,

    /// <summary>The platform was down.</summary>
    Missed,
}

/// <summary>Retrains again and again: each time on the dataset's latest version.</summary>
/// <param name="Name">Follows <see cref="DatasetReference.NameRule"/>; a schedule of that name is replaced, and what became of its firings is kept.</param>
/// <param name="Cron">
/// Five fields: minute, hour, day of month, month, day of week. Where the zone's clock is put forward, a time of day that it skips is due right after the
/// gap; where it is put back, a time of day that comes twice is due at the first. Only what is due at intervals of minutes or hours (<c>*</c>, <c>-</c> or
/// <c>/</c> in one of the first two fields) follows the clock through both.
/// </param>
/// <param name="Model">The model that results are registered as.</param>
/// <param name="TimeZone">An IANA name.</param>
/// <param name="OnlyNewData">Whether a firing trains only if the dataset's latest version is one that the schedule has not trained on, or not with success.</param>
/// <param name="StartsAt">It does not fire before; null fires from the beginning.</param>
/// <param name="EndsAt">It does not fire after; null never ends.</param>
public sealed record ScheduleRequest(
    string Name, string Cron, string Dataset, Architecture Architecture, TrainingRecipe? Recipe = null, string Model = ModelReference.DefaultName, string TimeZone = "UTC",
    ScheduledResult Result = ScheduledResult.Challenger, bool OnlyNewData = true, MissedFirings Missed = MissedFirings.RunOnce, DateTimeOffset? StartsAt = null,
    DateTimeOffset? EndsAt = null, ComputeNeed Need = ComputeNeed.Any);

/// <summary>What to change about a schedule: what is null stays as it is. Other times of day hold from now on; what was due before is not made up for.</summary>
/// <param name="Paused">A paused schedule does not fire. Times that pass meanwhile count neither as missed nor as due once it goes on.</param>
public sealed record ScheduleChange(
    string? Cron = null, string? TimeZone = null, Architecture? Architecture = null, TrainingRecipe? Recipe = null, string? Model = null, ScheduledResult? Result = null,
    bool? OnlyNewData = null, MissedFirings? Missed = null, DateTimeOffset? StartsAt = null, DateTimeOffset? EndsAt = null, ComputeNeed? Need = null, bool? Paused = null);

/// <summary>A schedule as the registry knows it now. See <see cref="ScheduleRequest"/>.</summary>
/// <param name="NextRunAt">When it is due next; null if it is paused or has ended, or the machine that answers does not know its zone.</param>
/// <param name="LastRunId">The newest run that it asked for.</param>
/// <param name="LastFiring">What became of its last due time.</param>
public sealed record ScheduleResponse(
    string Name, string Cron, string TimeZone, string Dataset, string Architecture, string Model, DateTimeOffset CreatedAt, DateTimeOffset? NextRunAt, int? LastRunId,
    TrainingRecipe Recipe, ScheduledResult Result, bool OnlyNewData, MissedFirings Missed, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt, ComputeNeed Need, bool Paused,
    FiringResponse? LastFiring);

/// <summary>What became of a due time.</summary>
/// <param name="DueAt">When it was due; of a firing by hand, when that was asked for.</param>
/// <param name="FiredAt">When it came about.</param>
/// <param name="Detail">For a person: why there is no run, what it trains on, how many due times were missed.</param>
public sealed record FiringResponse(DateTimeOffset DueAt, DateTimeOffset FiredAt, FiringOutcome Outcome, string? Detail, int? RunId);
