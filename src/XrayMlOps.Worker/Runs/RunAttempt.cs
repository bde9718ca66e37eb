using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Worker.Devices;
using XrayMlOps.Worker.Tensors;
using XrayMlOps.Worker.Trainers;

namespace XrayMlOps.Worker.Runs;

/// <summary>What an attempt at a run came to, before the registry is told.</summary>
/// <param name="Fault">Whether it is worth another attempt.</param>
/// <param name="Problem">Null if the trainer completed.</param>
internal sealed record AttemptEnd(bool Fault, string? Problem, string? WeightsDigest = null);

/// <summary>Trains a run that is held: lays out its folder, starts the trainer on it and listens.</summary>
internal sealed class RunAttempt(
    IDbContextFactory<RegistryDbContext> registries, TensorCache tensors, TrainerLocation trainer, RunCheckpoint checkpoints, RunRecord record, TimeProvider clock,
    IOptions<WorkerOptions> options, ILogger<RunLog> logger)
{
    public string FolderOf(int runId) => Path.Combine(Path.GetFullPath(options.Value.Folder), $"run-{runId}");

    /// <param name="run">With its dataset version.</param>
    public async Task<AttemptEnd> RunAsync(RunLease lease, Run run, ComputeSlot slot)
    {
        if (run.DatasetVersion is { DeletedAt: not null } deleted)
            return new AttemptEnd(Fault: false, $"its dataset version {deleted.Reference} was deleted: {deleted.DeletedReason ?? "no reason was given"}");
        string program;
        try
        {
            program = trainer.Find();
        }
        catch (TrainerMissingException missing)
        {
            return new AttemptEnd(Fault: false, missing.Message);
        }

        var folder = FolderOf(run.Id);
        Directory.CreateDirectory(folder);
        var preprocessing = new PreprocessingSpec { Height = run.Architecture.Input.Height, Width = run.Architecture.Input.Width };
        using var packed = await tensors.GetAsync(run.DatasetVersion.Digest, preprocessing, lease.Stopping);
        await checkpoints.RestoreAsync(run, folder, lease.Stopping);
        var job = new TrainingJob
        {
            RunId = run.Id,
            Architecture = run.Architecture,
            Recipe = run.Recipe,
            Preprocessing = preprocessing,
            Dataset = run.DatasetVersion.Reference,
            DatasetDigest = run.DatasetVersion.Digest,
            Tensors = packed.Paths,
            Threads = run.ThreadsAsked == 0 ? slot.Threads : run.ThreadsAsked,
        };
        await File.WriteAllBytesAsync(Path.Combine(folder, TrainingJob.FileName), JsonSerializer.SerializeToUtf8Bytes(job, XrayJson.Indented), lease.Stopping);
        return await TrainAsync(program, folder, slot, lease);
    }

    private async Task<AttemptEnd> TrainAsync(string program, string folder, ComputeSlot slot, RunLease lease)
    {
        string? failure = null, weights = null;
        await using RunLog log = new(lease.RunId, registries, clock, logger);
        lease.Hear(); // the trainer's time begins
        var end = await TrainerProcess.RunAsync(program, folder, slot.Environment, log.Add, message =>
        {
            if (message is TrainerFailed failed) failure = failed.Reason;
            if (message is TrainerCompleted completed) weights = completed.WeightsDigest;
            return record.TakeAsync(lease, folder, message);
        }, lease.Stopping);
        return end.ExitCode switch
        {
            TrainerExit.Completed => new AttemptEnd(Fault: false, Problem: null, weights),
            TrainerExit.Failed => new AttemptEnd(Fault: false, failure ?? end.Describe()),
            _ => new AttemptEnd(Fault: true, end.Describe()),
        };
    }
}
