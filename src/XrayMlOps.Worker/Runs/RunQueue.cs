using System.Collections.Concurrent;
using Hangfire;
using XrayMlOps.Storage.Jobs;

namespace XrayMlOps.Worker.Runs;

/// <summary>Puts runs on this process's job queue, each at most once at a time.</summary>
internal sealed class RunQueue(IBackgroundJobClient jobs)
{
    private readonly ConcurrentDictionary<int, bool> _waiting = [];

    public void Enqueue(int runId)
    {
        if (_waiting.TryAdd(runId, true)) jobs.EnqueueTraining(runId);
    }

    /// <summary>A job for the run has begun: should the run be queued again, it needs another.</summary>
    public void Begun(int runId) => _waiting.TryRemove(runId, out _);
}
