using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>Writes what a trainer says into the registry, as long as its worker holds the run. Rides out a registry or a blob store that is away for a while.</summary>
internal sealed class RunRecord(
    IDbContextFactory<RegistryDbContext> registries, RunCheckpoint checkpoints, WorkerTelemetry telemetry, TimeProvider clock, IOptions<WorkerOptions> options)
{
    /// <param name="folder">The run's, which holds the checkpoint of a finished epoch.</param>
    public async Task TakeAsync(RunLease lease, string folder, TrainerMessage message)
    {
        lease.Hear();
        switch (message)
        {
            case TrainerStarted started:
                await RideOutAsync(lease, () => StartAsync(lease, started));
                break;
            case TrainerStep step:
                lease.Step = step;
                telemetry.Speed(step.ImagesPerSecond);
                break;
            case TrainerEpoch epoch:
                if (await RideOutAsync(lease, () => FinishEpochAsync(lease, folder, epoch.Metrics)) is { } superseded) await checkpoints.FreeAsync(superseded);
                break;
            case TrainerWarning warning:
                await RideOutAsync(lease, () => WarnAsync(lease, warning.Text));
                break;
        }
        lease.Hear(); // what took time here was not the trainer's
    }

    private Task<T> RideOutAsync<T>(RunLease lease, Func<Task<T>> work) => StorageOutage.RideOutAsync(work, options.Value.Lease, clock, lease.Stopping);

    /// <summary>A trainer that goes on from an older checkpoint trains the epochs after it again: they are not finished any more.</summary>
    private async Task<bool> StartAsync(RunLease lease, TrainerStarted started)
    {
        await using var registry = await registries.CreateDbContextAsync();
        await using var transaction = await registry.BeginAloneAsync(CancellationToken.None);
        IReadOnlyDictionary<string, string> packages = started.Packages, environment = started.Environment;
        var held = await Held(registry, lease).ExecuteUpdateAsync(set => set
            .SetProperty(run => run.Device, started.Device).SetProperty(run => run.Threads, started.Threads)
            .SetProperty(run => run.Packages, packages).SetProperty(run => run.Environment, environment)) == 1;
        if (!held) return false;
        var resumedFrom = started.ResumedFrom ?? 0;
        if (await registry.RunEpochs.Where(epoch => epoch.RunId == lease.RunId && epoch.Epoch > resumedFrom).ExecuteDeleteAsync() > 0) await SumUpAsync(registry, lease);
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Stores the epoch's checkpoint, then writes the epoch: one that the registry knows is never trained again for the loss of a worker.</summary>
    /// <returns>The digest of a checkpoint that is superseded, or null.</returns>
    private async Task<string?> FinishEpochAsync(RunLease lease, string folder, EpochMetrics metrics)
    {
        var checkpoint = await checkpoints.StoreAsync(folder, CancellationToken.None);
        await using var registry = await registries.CreateDbContextAsync();
        await using var transaction = await registry.BeginAloneAsync(CancellationToken.None);
        if (!await Held(registry, lease).AnyAsync()) return checkpoint?.Digest; // of no use to whoever has the run now
        await registry.RunEpochs.Where(epoch => epoch.RunId == lease.RunId && epoch.Epoch >= metrics.Epoch).ExecuteDeleteAsync();
        registry.RunEpochs.Add(RunEpoch.Of(lease.RunId, metrics));
        await registry.SaveChangesAsync();
        await SumUpAsync(registry, lease);
        var superseded = checkpoint is null ? null : await RunCheckpoint.NameAsync(registry, lease.RunId, checkpoint, CancellationToken.None);
        await transaction.CommitAsync();
        return superseded;
    }

    private async Task<bool> WarnAsync(RunLease lease, string text)
    {
        await using var registry = await registries.CreateDbContextAsync();
        return await Held(registry, lease).ExecuteUpdateAsync(set => set.SetProperty(run => run.Warning, text)) == 1;
    }

    /// <summary>Brings what runs are searched by in line with their epochs. Faults before a finished epoch are forgiven: the run gets on.</summary>
    private static async Task SumUpAsync(RegistryDbContext registry, RunLease lease)
    {
        var epochs = registry.RunEpochs.Where(epoch => epoch.RunId == lease.RunId);
        var done = await epochs.CountAsync();
        var best = await epochs.OrderBy(epoch => epoch.ValidationLoss).ThenBy(epoch => epoch.Epoch)
            .Select(epoch => new { Loss = (double?)epoch.ValidationLoss, Accuracy = (double?)epoch.ValidationAccuracy }).FirstOrDefaultAsync();
        var (loss, accuracy) = (best?.Loss, best?.Accuracy);
        await Held(registry, lease).ExecuteUpdateAsync(set => set
            .SetProperty(run => run.EpochsDone, done).SetProperty(run => run.ValidationLoss, loss).SetProperty(run => run.ValidationAccuracy, accuracy)
            .SetProperty(run => run.Faults, 0));
    }

    private static IQueryable<Run> Held(RegistryDbContext registry, RunLease lease) =>
        registry.Runs.Where(run => run.Id == lease.RunId && run.Worker == lease.Worker && run.State == RunState.Running);
}
