using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>Writes what a trainer says into the registry, as long as its worker holds the run.</summary>
internal sealed class RunRecord(IDbContextFactory<RegistryDbContext> registries, WorkerTelemetry telemetry)
{
    public async Task TakeAsync(RunLease lease, TrainerMessage message)
    {
        switch (message)
        {
            case TrainerStarted started:
                await StartAsync(lease, started);
                break;
            case TrainerStep step:
                lease.Step = step;
                telemetry.Speed(step.ImagesPerSecond);
                break;
            case TrainerEpoch epoch:
                await FinishEpochAsync(lease, epoch.Metrics);
                break;
        }
    }

    private async Task StartAsync(RunLease lease, TrainerStarted started)
    {
        await using var registry = await registries.CreateDbContextAsync();
        IReadOnlyDictionary<string, string> packages = started.Packages;
        await registry.Runs.Where(run => run.Id == lease.RunId && run.Worker == lease.Worker).ExecuteUpdateAsync(
            set => set.SetProperty(run => run.Device, started.Device).SetProperty(run => run.Threads, started.Threads).SetProperty(run => run.Packages, packages));
    }

    /// <summary>An epoch that is trained again, after a crash, replaces what was known of it and of those after it.</summary>
    private async Task FinishEpochAsync(RunLease lease, EpochMetrics metrics)
    {
        await using var registry = await registries.CreateDbContextAsync();
        await using var transaction = await registry.BeginAloneAsync(CancellationToken.None);
        if (!await registry.Runs.AnyAsync(run => run.Id == lease.RunId && run.Worker == lease.Worker && run.State == RunState.Running)) return;
        await registry.RunEpochs.Where(epoch => epoch.RunId == lease.RunId && epoch.Epoch >= metrics.Epoch).ExecuteDeleteAsync();
        registry.RunEpochs.Add(RunEpoch.Of(lease.RunId, metrics));
        await registry.SaveChangesAsync();
        await transaction.CommitAsync();
    }
}
