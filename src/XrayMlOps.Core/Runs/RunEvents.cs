namespace XrayMlOps.Core.Runs;

/// <summary>Types of the Server-Sent Events that tell how a run goes on (WHATWG HTML, section 9.2).</summary>
public static class RunEvents
{
    /// <summary>A <see cref="RunProgress"/>: first of all, and whenever the run's state, reason or attempt changed.</summary>
    public const string Run = "run";

    /// <summary>A <see cref="StepProgress"/>, at most a few a second.</summary>
    public const string Step = "step";

    /// <summary>
    /// An <see cref="EpochMetrics"/>, whose number is the event's id: a stream that is asked for with it as <c>Last-Event-ID</c> goes on after it. A number that
    /// was told before was trained again after a crash, and takes the place of that epoch and of those after it.
    /// </summary>
    public const string Epoch = "epoch";

    /// <summary>A <see cref="RunProgress"/>: the run has ended and nothing follows. A stream that ends without it broke off.</summary>
    public const string End = "end";

    /// <summary>Says nothing, so that nobody between takes a run that says nothing for a connection that is dead.</summary>
    public const string Heartbeat = "heartbeat";
}

/// <summary>How far a run is.</summary>
/// <param name="Attempt">How often a worker took it, from 1; 0 before.</param>
public sealed record RunProgress(int Id, RunState State, string? Reason, int Attempt, int EpochsDone, int EpochsAsked);

/// <summary>Where the running epoch stands.</summary>
/// <param name="SecondsLeft">See <see cref="RunPace"/>.</param>
public sealed record StepProgress(TrainerStep Step, double SecondsLeft);
