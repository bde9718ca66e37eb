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
/// <param name="Experiment">Groups runs; follows <see cref="Datasets.DatasetReference.NameRule"/>.</param>
/// <param name="Tags">Free words of the asker by key, searched as <c>tag.key</c>.</param>
/// <param name="Need">What the run must be trained on.</param>
/// <param name="Threads">To compute with; 0 leaves it to the worker.</param>
public sealed record TrainRequest(
    string Dataset, Architecture Architecture, TrainingRecipe? Recipe = null, string? RegisterAs = null, string? Alias = null,
    string? GitCommit = null, string? Schedule = null, string Experiment = RunExperiment.Default, IReadOnlyDictionary<string, string>? Tags = null,
    ComputeNeed Need = ComputeNeed.Any, int Threads = 0, RunLimits? Limits = null)
{
    public const int MostThreads = 1024;
}

public static class RunExperiment
{
    /// <summary>The experiment of runs that name none.</summary>
    public const string Default = "default";
}

public static class RunTags
{
    public const int Most = 50;
    private const int LongestValue = 250;

    /// <summary>Every problem of a run's tags, one message each.</summary>
    public static IEnumerable<string> ProblemsOf(IReadOnlyDictionary<string, string>? tags)
    {
        if (tags is null) yield break;
        if (tags.Count > Most) yield return $"tags: there are {tags.Count}; up to {Most} are allowed";
        foreach (var (key, value) in tags)
        {
            if (!Datasets.DatasetReference.IsName(key)) yield return $"tag '{key}': {Datasets.DatasetReference.NameRule} are allowed";
            if (value is null or { Length: > LongestValue } || value.Any(char.IsControl)) yield return $"tag '{key}': its value may have up to {LongestValue} characters, none of them control characters";
        }
    }
}

/// <summary>What a run must be trained on. Each need is a queue of its own.</summary>
public enum ComputeNeed
{
    /// <summary>A GPU where the worker has one, else its CPU.</summary>
    Any,
    Cpu,
    Gpu,
}

/// <summary>When to give a run up.</summary>
/// <param name="TotalMinutes">From its first start, above 0: then it has failed. Null never does.</param>
/// <param name="StallMinutes">Without a word from its trainer, above 0: then the trainer is ended and starts again from the last checkpoint, as after a crash.</param>
public sealed record RunLimits(double? TotalMinutes = null, double StallMinutes = RunLimits.DefaultStallMinutes)
{
    public const double DefaultStallMinutes = 30;

    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (TotalMinutes is { } total && !(total > 0 && total <= MostMinutes)) problems.Add($"limits: totalMinutes {total}; above 0 to {MostMinutes:N0} is allowed");
        if (!(StallMinutes > 0 && StallMinutes <= MostMinutes)) problems.Add($"limits: stallMinutes {StallMinutes}; above 0 to {MostMinutes:N0} is allowed");
        return problems;
    }

    private const double MostMinutes = 525_600;
}

/// <summary>Asks for a run that goes on from the checkpoint of one that has ended, with the same data, network and recipe.</summary>
/// <param name="Epochs">How many epochs to train in all; null takes what the run was asked for.</param>
/// <param name="MoreEpochs">So many beyond what the run was asked for; not beside <paramref name="Epochs"/>.</param>
public sealed record ResumeRequest(int? Epochs = null, int? MoreEpochs = null);

/// <summary>Which runs a run came from.</summary>
/// <param name="Continues">The run whose checkpoint it goes on from.</param>
/// <param name="Repeats">The run that it does again.</param>
/// <param name="Sweep">The sweep that it is a trial of.</param>
/// <param name="Trial">Number of the trial in that sweep, from 1.</param>
/// <param name="Rung">Of successive halving, from 0: how often the trial was promoted.</param>
public sealed record RunOrigin(int? Continues = null, int? Repeats = null, int? Sweep = null, int? Trial = null, int? Rung = null);

/// <summary>A run as the registry knows it now.</summary>
/// <param name="Dataset"><c>name@number</c>.</param>
/// <param name="Reason">Why it failed, was cancelled, or went back to the queue.</param>
/// <param name="Attempt">How often a worker took it, from 1; 0 before.</param>
/// <param name="Epochs">What is finished so far.</param>
/// <param name="Step">Where the running epoch stands.</param>
/// <param name="Artifacts">Digest of each output file by its name (see <see cref="TrainingOutputs"/>).</param>
/// <param name="Model"><c>name:version</c>, once registered.</param>
/// <param name="Warning">The last that the trainer warned of.</param>
/// <param name="WeightsDigest">See <see cref="TrainerCompleted"/>.</param>
public sealed record RunResponse(
    int Id, RunState State, string? Reason, string Dataset, string DatasetDigest, string Architecture, string ArchitectureDigest,
    TrainingRecipe Recipe, string? RegisterAs, string? Alias, string? Schedule, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    int Attempt, string? Worker, string? Device, int? Threads, IReadOnlyDictionary<string, string> Packages, string? GitCommit, long? Parameters,
    IReadOnlyList<EpochMetrics> Epochs, TrainerStep? Step, RunEvaluation? Evaluation, IReadOnlyDictionary<string, string> Artifacts, string? Model,
    string Experiment, IReadOnlyDictionary<string, string> Tags, ComputeNeed Need, RunLimits Limits, RunOrigin Origin,
    IReadOnlyDictionary<string, string> Environment, string? Warning, string? WeightsDigest)
{
    /// <summary>The finished epoch with the lowest validation loss.</summary>
    [JsonIgnore]
    public EpochMetrics? BestEpoch => Epochs.MinBy(epoch => epoch.ValidationLoss);
}

/// <summary>A row of the list of runs.</summary>
/// <param name="ValidationLoss">Of the finished epoch where it is lowest; <paramref name="ValidationAccuracy"/> is that epoch's.</param>
public sealed record RunSummary(
    int Id, RunState State, string? Reason, string Experiment, string Dataset, string Architecture, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt,
    int EpochsDone, int EpochsAsked, double? ValidationLoss, double? ValidationAccuracy, double? TestLoss, double? TestAccuracy, string? Model, int? Sweep);
