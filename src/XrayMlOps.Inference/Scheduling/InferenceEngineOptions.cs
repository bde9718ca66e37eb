namespace XrayMlOps.Inference.Scheduling;

/// <summary>How an <see cref="InferenceEngine"/> shares the machine among films.</summary>
public sealed record InferenceEngineOptions
{
    /// <summary>Threads that decode and run, from 1: as many as there are processors, since each takes one.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Runs of a network at once, 1 to <see cref="Threads"/>: all threads on the CPU, one on a GPU.</summary>
    public int RunsAtOnce { get; init; } = Environment.ProcessorCount;

    /// <summary>Films of one run at most, from 1; each of them waits for all.</summary>
    public int MaxBatch { get; init; } = 1;

    /// <summary>How long a film that is ready waits for its batch at most, from 0.</summary>
    public TimeSpan BatchDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Whether a thread that has nothing else to do waits for the batch to fill, which pays on a GPU. On the CPU the wait is filled with decoding, and ends
    /// when nothing is left to decode.
    /// </summary>
    public bool WaitsForBatch { get; init; }

    /// <summary>
    /// Whether the thread that ends a film leaves what awaits it to the thread pool: on a GPU, whose next run it is to start. On the CPU, where all take the same
    /// processors, it is cheaper to go on at once (measured: README); what awaits must not block then.
    /// </summary>
    public bool RunContinuationsAsynchronously { get; init; } = true;

    /// <summary>Films that may wait at most, from 0.</summary>
    public int QueueLimit { get; init; } = 128;

    /// <summary>How long a film may be expected to wait; where it would be longer it is turned away.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMilliseconds(500);
}
