using Hangfire;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Storage.Jobs;

/// <summary>The queues on which runs wait for a worker: one for each need.</summary>
public static class TrainingQueues
{
    public static string Of(ComputeNeed need) => need switch
    {
        ComputeNeed.Any => "default",
        ComputeNeed.Cpu => "cpu",
        ComputeNeed.Gpu => "gpu",
        _ => throw new ArgumentOutOfRangeException(nameof(need), need, "unknown need"),
    };

    /// <summary>
    /// Asks the workers of this storage to run a run, and notes the job in the run. Should the note fail, the job is one too many, which is harmless.
    /// </summary>
    /// <param name="delay">How long it waits before a worker may take it.</param>
    public static async Task EnqueueTrainingAsync(
        this IBackgroundJobClient jobs, RegistryDbContext registry, int runId, ComputeNeed need, DateTimeOffset now, CancellationToken cancellationToken,
        TimeSpan delay = default)
    {
        var job = delay > TimeSpan.Zero
            ? jobs.Schedule<ITrainingJob>(Of(need), training => training.RunAsync(runId, CancellationToken.None), delay)
            : jobs.Enqueue<ITrainingJob>(Of(need), training => training.RunAsync(runId, CancellationToken.None));
        await registry.Runs.Where(run => run.Id == runId).ExecuteUpdateAsync(
            set => set.SetProperty(run => run.JobId, job).SetProperty(run => run.EnqueuedAt, now + delay), cancellationToken);
    }
}
