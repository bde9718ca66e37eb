namespace XrayMlOps.Core.Sweeps;

/// <summary>What a run says of its trial.</summary>
public enum TrialRunState
{
    /// <summary>Queued or running.</summary>
    Unfinished,

    Finished,

    /// <summary>It failed, or a person cancelled it alone: it is not tried again.</summary>
    GivenUp,

    /// <summary>It was cancelled with the sweep, and is taken up again when the sweep is.</summary>
    Stopped,
}

/// <summary>A run as the planner sees it.</summary>
/// <param name="Rung">From 0.</param>
/// <param name="Metric">By <see cref="SweepSpec.Metric"/>; null if no epoch was finished.</param>
public sealed record TrialRun(int Trial, int Rung, int RunId, TrialRunState State, double? Metric);

/// <summary>Asks for a run of a trial.</summary>
/// <param name="Rung">The run trains to that rung's epochs (see <see cref="SweepRungs.EpochsOf"/>).</param>
/// <param name="From">The run to go on from, if it has a checkpoint; anew if it has none, or null.</param>
public sealed record SweepAction(int Trial, int Rung, int? From = null);

/// <param name="IsComplete">There is nothing to do, now or later.</param>
public sealed record SweepPlan(IReadOnlyList<SweepAction> Actions, bool IsComplete);
