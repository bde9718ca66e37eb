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
/// <param name="Name">Follows <see cref="DatasetReference.NameRule"/>; a schedule of that name is replaced.</param>
/// <param name="Cron">Five fields: minute, hour, day of month, month, day of week.</param>
/// <param name="TimeZone">An IANA name.</param>
public sealed record ScheduleRequest(
    string Name, string Cron, string Dataset, Architecture Architecture, TrainingRecipe? Recipe = null, string Model = ModelReference.DefaultName, string TimeZone = "UTC");

public sealed record ScheduleResponse(
    string Name, string Cron, string TimeZone, string Dataset, string Architecture, string Model, DateTimeOffset CreatedAt, DateTimeOffset? NextRunAt, int? LastRunId);
