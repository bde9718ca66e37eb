using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Storage.Schedules;

/// <summary>A recurring retraining. The registry remembers it and what became of each of its firings; Hangfire is told of it at each start.</summary>
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

    public ComputeNeed Need { get; set; }

    /// <summary>The model that the result is registered as; meaningless where <see cref="Result"/> is <see cref="ScheduledResult.Keep"/>.</summary>
    public required string Model { get; set; }

    public ScheduledResult Result { get; set; } = ScheduledResult.Challenger;

    /// <summary>Whether a firing trains only if the dataset has a version that the schedule has not trained on.</summary>
    public bool OnlyNewData { get; set; } = true;

    public MissedFirings Missed { get; set; } = MissedFirings.RunOnce;

    /// <summary>It does not fire before; null fires from the beginning.</summary>
    public DateTimeOffset? StartsAt { get; set; }

    /// <summary>It does not fire after; null never ends.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    public bool Paused { get; set; }

    /// <summary>Up to when its firings are accounted for, as done or as missed.</summary>
    public required DateTimeOffset AccountedTo { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One due time of a schedule and what became of it. There is one row for each, whoever comes first writes it: so no due time fires twice.</summary>
public sealed class ScheduleFiring
{
    public required string ScheduleName { get; init; }

    /// <summary>When it was due, not when it came about.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset FiredAt { get; init; }

    public required FiringOutcome Outcome { get; set; }

    /// <summary>For a person: why there is no run, or what is new.</summary>
    public string? Detail { get; set; }

    public int? RunId { get; set; }
}

internal sealed class ScheduleTable : IEntityTypeConfiguration<Schedule>, IEntityTypeConfiguration<ScheduleFiring>
{
    public void Configure(EntityTypeBuilder<Schedule> builder)
    {
        builder.HasKey(schedule => schedule.Name);
        builder.Property(schedule => schedule.Need).HasDefaultValue(ComputeNeed.Any);
        builder.Property(schedule => schedule.Result).HasDefaultValue(ScheduledResult.Challenger).HasSentinel(ScheduledResult.Challenger);
        builder.Property(schedule => schedule.OnlyNewData).HasDefaultValue(true).HasSentinel(true);
        builder.Property(schedule => schedule.Missed).HasDefaultValue(MissedFirings.RunOnce).HasSentinel(MissedFirings.RunOnce);
    }

    public void Configure(EntityTypeBuilder<ScheduleFiring> builder)
    {
        builder.HasKey(firing => new { firing.ScheduleName, firing.DueAt });
        builder.HasOne<Schedule>().WithMany().HasForeignKey(firing => firing.ScheduleName);
    }
}
