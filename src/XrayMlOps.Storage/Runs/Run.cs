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

    public required TrainingRecipe Recipe
    {
        get;
        init
        {
            field = value;
            (EpochsAsked, BatchSize, LearningRate, Seed) = (value.Epochs, value.BatchSize, value.LearningRate, value.Seed);
        }
    }

    public string Experiment { get; init; } = RunExperiment.Default;

    public ComputeNeed Need { get; init; }

    /// <summary>Threads to compute with; 0 leaves it to the worker.</summary>
    public int ThreadsAsked { get; init; }

    public RunLimits Limits { get; init; } = new();

    /// <summary>The run whose checkpoint this one goes on from.</summary>
    public int? Continues { get; init; }

    /// <summary>The run that this one does again.</summary>
    public int? Repeats { get; init; }

    public int? SweepId { get; init; }

    /// <summary>Number of the trial in its sweep, from 1.</summary>
    public int? Trial { get; init; }

    /// <summary>How often successive halving promoted the trial, from 0.</summary>
    public int? Rung { get; init; }

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

    /// <summary>How often its trainer or its worker was lost since the last epoch was finished; a worker that stops in good order is no fault.</summary>
    public int Faults { get; init; }

    /// <summary>Who holds the run while it is Running, and held it last otherwise. Each claim has a name of its own.</summary>
    public string? Worker { get; init; }

    /// <summary>Until when the holder's word counts; another may take the run afterwards. Null unless Running.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    public bool CancelRequested { get; init; }

    /// <summary>The job queue's number of the last job that was to carry this run out; null before there was one.</summary>
    public string? JobId { get; init; }

    /// <summary>When that job was put on the queue.</summary>
    public DateTimeOffset? EnqueuedAt { get; init; }

    public string? Device { get; init; }

    public int? Threads { get; init; }

    public IReadOnlyDictionary<string, string>? Packages { get; init; }

    /// <summary>See <see cref="TrainerStarted"/>.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The last that the trainer warned of.</summary>
    public string? Warning { get; init; }

    public TrainerStep? Step { get; init; }

    public RunEvaluation? Evaluation { get; init; }

    /// <summary>See <see cref="TrainerCompleted"/>.</summary>
    public string? WeightsDigest { get; init; }

    // What runs are searched and sorted by is a column of its own, kept beside what it comes from: a page of 100,000 runs must not read their epochs.

    public int EpochsAsked { get; private set; }

    public int BatchSize { get; private set; }

    public double LearningRate { get; private set; }

    public int Seed { get; private set; }

    public int EpochsDone { get; init; }

    /// <summary>Of the finished epoch where it is lowest.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Of that same epoch.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Of the run's evaluation.</summary>
    public double? TestLoss { get; init; }

    public double? TestAccuracy { get; init; }

    public List<RunEpoch> Epochs { get; } = [];

    public List<RunArtifact> Artifacts { get; } = [];

    public List<RunTag> Tags { get; } = [];

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

    public long MemoryBytes { get; init; }

    public long? DeviceMemoryBytes { get; init; }

    public EpochMetrics ToMetrics() =>
        new(Epoch, TrainLoss, TrainAccuracy, ValidationLoss, ValidationAccuracy, LearningRate, ImagesPerSecond, Seconds, MemoryBytes, DeviceMemoryBytes);

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
        MemoryBytes = metrics.MemoryBytes,
        DeviceMemoryBytes = metrics.DeviceMemoryBytes,
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

/// <summary>A free word of whoever asked for the run, or looked at it later.</summary>
public sealed class RunTag
{
    public int RunId { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }
}

/// <summary>A piece of the log of a run that is under way; once its attempt ends, the whole log is an artifact in their place.</summary>
public sealed class RunLogPiece
{
    /// <summary>Pieces of a run in the order in which they were written.</summary>
    public long Id { get; init; }

    public required int RunId { get; init; }

    public required string Text { get; init; }
}
