using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Schedules;

/// <summary>Retrains again and again: each time on the dataset's latest version, registering the result as the model's challenger.</summary>
/// <param name="Name">Follows <see cref="DatasetReference.NameRule"/>; a schedule of that name is replaced.</param>
/// <param name="Cron">Five fields: minute, hour, day of month, month, day of week.</param>
/// <param name="TimeZone">An IANA name.</param>
public sealed record ScheduleRequest(
    string Name, string Cron, string Dataset, Architecture Architecture, TrainingRecipe? Recipe = null, string Model = ModelReference.DefaultName, string TimeZone = "UTC");

public sealed record ScheduleResponse(
    string Name, string Cron, string TimeZone, string Dataset, string Architecture, string Model, DateTimeOffset CreatedAt, DateTimeOffset? NextRunAt, int? LastRunId);
