using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Models;

namespace XrayMlOps.Storage.Runs;

/// <summary>A training run. Its state changes only through <see cref="RunTransitions"/>, which are safe against other hosts.</summary>
public sealed class Run
{
    public int Id { get; init; }

    public RunState State { get; init; } = RunState.Queued;

    /// <summary>Why it failed, was cancelled, or went back to the queue.</summary>
    public string? Reason { get; init; }

    public required int DatasetVersionId { get; init; }

    public DatasetVersion DatasetVersion { get; init; } = null!;

    public required Architecture Architecture { get; init; }

    public required string ArchitectureName { get; init; }

    public required string ArchitectureDigest { get; init; }

    /// <summary>Trainable parameters of the network.</summary>
    public required long Parameters { get; init; }

    public required TrainingRecipe Recipe { get; init; }

    public string? RegisterAs { get; init; }

    public string? Alias { get; init; }

    /// <summary>Name of the schedule that asked, which may be gone by now.</summary>
    public string? Schedule { get; init; }

    public string? GitCommit { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How often a worker took it.</summary>
    public int Attempt { get; init; }

    /// <summary>How often its trainer or its worker was lost; a worker that stops in good order is no fault.</summary>
    public int Faults { get; init; }

    /// <summary>Who holds the run while it is Running, and held it last otherwise. Each claim has a name of its own.</summary>
    public string? Worker { get; init; }

    /// <summary>Until when the holder's word counts; another may take the run afterwards. Null unless Running.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    public bool CancelRequested { get; init; }

    public string? Device { get; init; }

    public int? Threads { get; init; }

    public IReadOnlyDictionary<string, string>? Packages { get; init; }

    public TrainerStep? Step { get; init; }

    public RunEvaluation? Evaluation { get; init; }

    public List<RunEpoch> Epochs { get; } = [];

    public List<RunArtifact> Artifacts { get; } = [];

    public List<ModelVersion> Models { get; } = [];
}

/// <summary>A finished epoch of a run. See <see cref="EpochMetrics"/> for the units.</summary>
public sealed class RunEpoch
{
    public required int RunId { get; init; }

    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }

    public required double TrainLoss { get; init; }

    public required double TrainAccuracy { get; init; }

    public required double ValidationLoss { get; init; }

    public required double ValidationAccuracy { get; init; }

    public required double LearningRate { get; init; }

    public required double ImagesPerSecond { get; init; }

    public required double Seconds { get; init; }

    public EpochMetrics ToMetrics() => new(Epoch, TrainLoss, TrainAccuracy, ValidationLoss, ValidationAccuracy, LearningRate, ImagesPerSecond, Seconds);

    public static RunEpoch Of(int runId, EpochMetrics metrics) => new()
    {
        RunId = runId,
        Epoch = metrics.Epoch,
        TrainLoss = metrics.TrainLoss,
        TrainAccuracy = metrics.TrainAccuracy,
        ValidationLoss = metrics.ValidationLoss,
        ValidationAccuracy = metrics.ValidationAccuracy,
        LearningRate = metrics.LearningRate,
        ImagesPerSecond = metrics.ImagesPerSecond,
        Seconds = metrics.Seconds,
    };
}

/// <summary>A file that a run left, in the blob store. <see cref="Name"/> is one of <see cref="TrainingOutputs"/>.</summary>
public sealed class RunArtifact
{
    public int RunId { get; init; }

    public required string Name { get; init; }

    public required string Digest { get; init; }

    public required long Bytes { get; init; }
}

internal sealed class RunTable : IEntityTypeConfiguration<Run>, IEntityTypeConfiguration<RunEpoch>, IEntityTypeConfiguration<RunArtifact>
{
    public void Configure(EntityTypeBuilder<Run> builder)
    {
        builder.HasOne(run => run.DatasetVersion).WithMany().HasForeignKey(run => run.DatasetVersionId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(run => run.Epochs).WithOne().HasForeignKey(epoch => epoch.RunId);
        builder.HasMany(run => run.Artifacts).WithOne().HasForeignKey(artifact => artifact.RunId);
        builder.HasIndex(run => run.State);
        builder.HasIndex(run => run.Schedule);
    }

    public void Configure(EntityTypeBuilder<RunEpoch> builder) => builder.HasKey(epoch => new { epoch.RunId, epoch.Epoch });

    public void Configure(EntityTypeBuilder<RunArtifact> builder) => builder.HasKey(artifact => new { artifact.RunId, artifact.Name });
}
