using System.ComponentModel.DataAnnotations;

namespace XrayMlOps.Worker;

/// <summary>Section <c>Worker</c>.</summary>
public sealed class WorkerOptions
{
    public const string Section = "Worker";

    /// <summary>Holds a folder a run, kept until the run succeeds so that a retry goes on from its checkpoint, and the cache of packed tensors.</summary>
    [Required]
    public string Folder { get; set; } = Path.Combine(Path.GetTempPath(), "xraymlops-work");

    /// <summary>Path of <c>XrayMlOps.Trainer.dll</c>; null looks beside this program.</summary>
    public string? TrainerPath { get; set; }

    /// <summary>Runs at a time on the CPU, 1 to 64. They share the cores, unless they say themselves how many threads they want.</summary>
    [Range(1, 64)]
    public int Concurrency { get; set; } = 1;

    /// <summary>GPUs to train on, one run each, 0 to 64; null takes all that the trainer finds.</summary>
    [Range(0, 64)]
    public int? Gpus { get; set; }

    /// <summary>How often a run's trainer or worker may be lost, without an epoch finished in between, before the run fails, 1 to 100.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Packed datasets kept for the next run, 1 to 1,000; never fewer than are in use.</summary>
    [Range(1, 1000)]
    public int CachedDatasets { get; set; } = 3;

    /// <summary>How long a worker's word counts without a heartbeat, 5 to 600 seconds.</summary>
    [Range(5, 600)]
    public int LeaseSeconds { get; set; } = 20;

    /// <summary>Between looks for queued and abandoned runs, 1 to 600 seconds.</summary>
    [Range(1, 600)]
    public int ReconcileSeconds { get; set; } = 5;

    /// <summary>What a worker that is asked to end has to stop its trainers and put their runs back on the queue.</summary>
    internal static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(15);

    internal TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
}
