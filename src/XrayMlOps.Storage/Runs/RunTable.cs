using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Storage.Runs;

internal sealed class RunTable
    : IEntityTypeConfiguration<Run>, IEntityTypeConfiguration<RunEpoch>, IEntityTypeConfiguration<RunArtifact>, IEntityTypeConfiguration<RunTag>,
        IEntityTypeConfiguration<RunLogPiece>
{
    public void Configure(EntityTypeBuilder<Run> builder)
    {
        builder.HasOne(run => run.DatasetVersion).WithMany().HasForeignKey(run => run.DatasetVersionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(run => run.Epochs).WithOne().HasForeignKey(epoch => epoch.RunId);
        builder.HasMany(run => run.Artifacts).WithOne().HasForeignKey(artifact => artifact.RunId);
        builder.HasMany(run => run.Tags).WithOne().HasForeignKey(tag => tag.RunId);
        builder.Property(run => run.Experiment).HasDefaultValue(RunExperiment.Default);
        builder.HasIndex(run => run.State);
        builder.HasIndex(run => run.Schedule);
        builder.HasIndex(run => new { run.Experiment, run.Id, run.State, run.ValidationAccuracy, run.CreatedAt }); // with all that experiments are summed up by
        builder.HasIndex(run => new { run.ArchitectureName, run.Id });
        builder.HasIndex(run => new { run.SweepId, run.Trial, run.Rung });
        builder.HasIndex(run => new { run.ValidationLoss, run.Id });
        builder.HasIndex(run => new { run.ValidationAccuracy, run.Id });
        builder.HasIndex(run => new { run.TestLoss, run.Id });
        builder.HasIndex(run => new { run.TestAccuracy, run.Id });
    }

    public void Configure(EntityTypeBuilder<RunTag> builder)
    {
        builder.HasKey(tag => new { tag.RunId, tag.Key });
        builder.HasIndex(tag => new { tag.Key, tag.Value, tag.RunId });
    }

    public void Configure(EntityTypeBuilder<RunLogPiece> builder)
    {
        builder.HasOne<Run>().WithMany().HasForeignKey(piece => piece.RunId);
        builder.HasIndex(piece => new { piece.RunId, piece.Id });
    }

    public void Configure(EntityTypeBuilder<RunEpoch> builder) => builder.HasKey(epoch => new { epoch.RunId, epoch.Epoch });

    public void Configure(EntityTypeBuilder<RunArtifact> builder) => builder.HasKey(artifact => new { artifact.RunId, artifact.Name });
}
