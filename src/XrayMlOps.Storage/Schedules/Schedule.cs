using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Storage.Schedules;

/// <summary>A recurring retraining. The registry remembers it; Hangfire is told of it at each start.</summary>
public sealed class Schedule
{
    public required string Name { get; init; }

    /// <summary>Five fields.</summary>
    public required string Cron { get; set; }

    /// <summary>An IANA name.</summary>
    public required string TimeZone { get; set; }

    /// <summary>Name of the dataset whose latest version is trained on.</summary>
    public required string Dataset { get; set; }

    public required Architecture Architecture { get; set; }

    public required TrainingRecipe Recipe { get; set; }

    /// <summary>The model that gets a challenger.</summary>
    public required string Model { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class ScheduleTable : IEntityTypeConfiguration<Schedule>
{
    public void Configure(EntityTypeBuilder<Schedule> builder) => builder.HasKey(schedule => schedule.Name);
}
