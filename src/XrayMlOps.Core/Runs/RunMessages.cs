using System.Text.Json.Serialization;
using XrayMlOps.Core.Architectures;

namespace XrayMlOps.Core.Runs;

/// <summary>Asks for a training run.</summary>
/// <param name="Dataset">A <see cref="Datasets.DatasetReference"/>; the version is fixed when the run is made.</param>
/// <param name="Architecture">The network, whole: the run is independent of files that may change.</param>
/// <param name="RegisterAs">Registers the model under this name when the run succeeds; null does not.</param>
/// <param name="Alias">Then points this alias at the new version (<c>champion</c>, <c>challenger</c>); null does not.</param>
/// <param name="GitCommit">Of the working tree that the run was asked from, if any.</param>
/// <param name="Schedule">The schedule that asks, if one does.</param>
public sealed record TrainRequest(
    string Dataset, Architecture Architecture, TrainingRecipe? Recipe = null, string? RegisterAs = null, string? Alias = null,
    string? GitCommit = null, string? Schedule = null);

/// <summary>A run as the registry knows it now.</summary>
/// <param name="Dataset"><c>name@number</c>.</param>
/// <param name="Reason">Why it failed, was cancelled, or went back to the queue.</param>
/// <param name="Attempt">How often a worker took it, from 1; 0 before.</param>
/// <param name="Epochs">What is finished so far.</param>
/// <param name="Step">Where the running epoch stands.</param>
/// <param name="Artifacts">Digest of each output file by its name (see <see cref="TrainingOutputs"/>).</param>
/// <param name="Model"><c>name:version</c>, once registered.</param>
public sealed record RunResponse(
    int Id, RunState State, string? Reason, string Dataset, string DatasetDigest, string Architecture, string ArchitectureDigest,
    TrainingRecipe Recipe, string? RegisterAs, string? Alias, string? Schedule, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    int Attempt, string? Worker, string? Device, int? Threads, IReadOnlyDictionary<string, string> Packages, string? GitCommit, long? Parameters,
    IReadOnlyList<EpochMetrics> Epochs, TrainerStep? Step, RunEvaluation? Evaluation, IReadOnlyDictionary<string, string> Artifacts, string? Model)
{
    /// <summary>The finished epoch with the lowest validation loss.</summary>
    [JsonIgnore]
    public EpochMetrics? BestEpoch => Epochs.MinBy(epoch => epoch.ValidationLoss);
}

/// <summary>A row of the list of runs.</summary>
public sealed record RunSummary(
    int Id, RunState State, string? Reason, string Dataset, string Architecture, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, int EpochsDone, int EpochsAsked,
    double? ValidationLoss, double? ValidationAccuracy, double? TestAccuracy, string? Model);
