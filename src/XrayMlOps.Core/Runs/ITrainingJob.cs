namespace XrayMlOps.Core.Runs;

/// <summary>What Hangfire calls to run a run: enqueued by the control plane, carried out by a worker.</summary>
public interface ITrainingJob
{
    /// <summary>
    /// Takes the run if it is Queued (else does nothing: jobs may be delivered twice), trains it to an end, or puts it back to
    /// Queued when <paramref name="cancellationToken"/> says that the worker is shutting down.
    /// </summary>
    Task RunAsync(int runId, CancellationToken cancellationToken);
}
