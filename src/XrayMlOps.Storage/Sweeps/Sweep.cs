using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.Storage.Sweeps;

/// <summary>A search over networks and hyper-parameters. Its trials are runs that name it; which come next follows from them and the spec alone.</summary>
public sealed class Sweep
{
    public int Id { get; init; }

    public required string Name { get; init; }

    public SweepState State { get; init; } = SweepState.Running;

    public required SweepSpec Spec { get; init; }

    public required int DatasetVersionId { get; init; }

    public DatasetVersion DatasetVersion { get; init; } = null!;

    /// <summary>Of its runs.</summary>
    public required string Experiment { get; init; }

    public ComputeNeed Need { get; init; }

    public string? GitCommit { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// When it was completed, or stopped for the last time; a resumed sweep keeps it. It tells the runs that were cancelled with the sweep, which are older, from those
    /// that a person cancelled alone.
    /// </summary>
    public DateTimeOffset? EndedAt { get; init; }
}

internal sealed class SweepTable : IEntityTypeConfiguration<Sweep>
{
    public void Configure(EntityTypeBuilder<Sweep> builder)
    {
        builder.HasOne(sweep => sweep.DatasetVersion).WithMany().HasForeignKey(sweep => sweep.DatasetVersionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(sweep => sweep.State);
    }
}
