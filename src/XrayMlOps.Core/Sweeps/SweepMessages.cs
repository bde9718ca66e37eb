using System.Text.Json;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Sweeps;

public enum SweepState
{
    Running,

    /// <summary>Its unfinished trials were cancelled; it may be resumed.</summary>
    Stopped,
    Completed,
}

/// <summary>Asks for a sweep.</summary>
/// <param name="Dataset">A <see cref="Datasets.DatasetReference"/>; the version is fixed when the sweep is made, for all of its trials.</param>
/// <param name="Need">What its trials must be trained on.</param>
/// <param name="GitCommit">Of the working tree that the sweep was asked from, if any.</param>
public sealed record SweepRequest(string Dataset, SweepSpec Spec, ComputeNeed Need = ComputeNeed.Any, string? GitCommit = null);

/// <summary>Trials by the state of their deepest run.</summary>
/// <param name="NotBegun">Those without a run yet.</param>
public sealed record SweepCounts(int Trials, int NotBegun, int Queued, int Running, int Succeeded, int Failed, int Cancelled);

/// <summary>A trial, by its deepest run: the one of its highest rung.</summary>
/// <param name="Rank">By the sweep's metric, from 1; null if the trial failed or has no finished epoch. Of a sweep under way it is provisional.</param>
/// <param name="Values">What the trial has for each of the sweep's parameters.</param>
/// <param name="State">Null before the trial is begun.</param>
/// <param name="Reason">Why it failed, was cancelled, or went back to the queue.</param>
/// <param name="EpochsAsked">Of the rung.</param>
/// <param name="ValidationLoss">Of the finished epoch where it is lowest; <paramref name="ValidationAccuracy"/> is that epoch's.</param>
/// <param name="Parameters">Trainable parameters of the network.</param>
public sealed record LeaderboardRow(
    int? Rank, int Trial, string Architecture, IReadOnlyDictionary<string, JsonElement> Values, RunState? State, string? Reason, int? Run, int Rung,
    int EpochsDone, int EpochsAsked, double? ValidationLoss, double? ValidationAccuracy, long Parameters);

/// <param name="Dataset"><c>name@number</c>.</param>
/// <param name="RungEpochs">Epochs in all at the end of each rung of successive halving; empty for the other strategies.</param>
/// <param name="EndedAt">When it was completed or stopped; null while it is running.</param>
/// <param name="Leaderboard">Every trial: the ranked ones in their order, then the others by number.</param>
public sealed record SweepResponse(
    int Id, string Name, string Description, SweepState State, SweepStrategy Strategy, SweepMetric Metric, string Dataset, string DatasetDigest,
    ComputeNeed Need, IReadOnlyDictionary<string, SweepParameter> Parameters, IReadOnlyList<int> RungEpochs, int Seed, int Parallel, string? GitCommit,
    DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, SweepCounts Counts, IReadOnlyList<LeaderboardRow> Leaderboard);

/// <summary>A row of the list of sweeps.</summary>
/// <param name="Begun">Trials with a run.</param>
/// <param name="Unfinished">Runs that are queued or running.</param>
/// <param name="BestMetric">The best of any run so far.</param>
public sealed record SweepSummary(
    int Id, string Name, SweepState State, SweepStrategy Strategy, SweepMetric Metric, string Dataset, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt,
    int Trials, int Begun, int Unfinished, double? BestMetric);
