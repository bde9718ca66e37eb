using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.ControlPlane.Sweeps;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Tests.Sweeps;

/// <summary>Sweeps of tiny networks, and what a worker would do to their runs.</summary>
internal static class SweepHost
{
    private static CancellationToken Token => RegistryHost.Token;

    /// <summary>Three rungs: of one, two and four epochs.</summary>
    public static SweepSpec Halving(int networks, int parallel) => new()
    {
        Name = "search",
        Strategy = SweepStrategy.Asha,
        Architectures = [.. Enumerable.Range(1, networks).Select(Network)],
        Epochs = 4,
        Reduction = 2,
        Parallel = parallel,
    };

    public static SweepSpec Grid(int networks, int parallel = 0) => Halving(networks, parallel) with { Strategy = SweepStrategy.Grid };

    public static async Task<SweepResponse> SweepAsync(this RegistryHost host, SweepSpec spec)
    {
        await host.PushCompletedAsync("chest", Films.Some(10));
        return await host.PostAsync<SweepRequest, SweepResponse>("/api/sweeps", new SweepRequest("chest", spec, ComputeNeed.Cpu, "abc"), HttpStatusCode.Created);
    }

    public static Task<SweepResponse> SweepAsync(this RegistryHost host, int id) => host.GetAsync<SweepResponse>($"/api/sweeps/{id}");

    public static async Task AdvanceAsync(this RegistryHost host, int sweepId)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SweepAdvance>().TryAdvanceAsync(sweepId, Token);
    }

    public static Task<List<Run>> RunsAsync(this RegistryHost host, int sweepId) => host.WithRegistryAsync(
        registry => registry.Runs.AsNoTracking().Include(run => run.Epochs).Include(run => run.Artifacts).Where(run => run.SweepId == sweepId).OrderBy(run => run.Id).ToListAsync(Token));

    /// <summary>Trains a queued run up to <paramref name="epochs"/> (all it was asked for, if null), as a worker would note it, and leaves it running.</summary>
    public static Task<bool> TrainAsync(this RegistryHost host, Run run, double loss, int? epochs = null) => host.WithRegistryAsync(async registry =>
    {
        if (!await registry.TryClaimRunAsync(run.Id, "w", run.CreatedAt, TimeSpan.FromHours(1), Token)) return false;
        var done = epochs ?? run.EpochsAsked;
        for (var epoch = run.Epochs.Count + 1; epoch <= done; epoch++)
            registry.RunEpochs.Add(RunEpoch.Of(run.Id, new EpochMetrics(epoch, loss, 0.5, loss, 1 - loss, 1e-3, 10, 1)));
        await registry.RunArtifacts.Where(artifact => artifact.RunId == run.Id).ExecuteDeleteAsync(Token);
        registry.RunArtifacts.Add(new RunArtifact { RunId = run.Id, Name = TrainingOutputs.Checkpoint, Digest = run.Id.ToString("x64"), Bytes = 5 });
        await registry.SaveChangesAsync(Token);
        await registry.Runs.Where(row => row.Id == run.Id).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.EpochsDone, done).SetProperty(row => row.ValidationLoss, loss).SetProperty(row => row.ValidationAccuracy, 1 - loss), Token);
        return true;
    });

    public static Task<bool> EndAsync(this RegistryHost host, Run run, RunState end = RunState.Succeeded) =>
        host.WithRegistryAsync(registry => registry.EndRunAsync(run.Id, "w", end, null, run.CreatedAt, Token));

    /// <summary>Carries out what is queued, and what that leads to, until the sweep is completed. A trial's loss is a tenth of its number.</summary>
    public static async Task<SweepResponse> RunToItsEndAsync(this RegistryHost host, int sweepId)
    {
        while (true)
        {
            await host.AdvanceAsync(sweepId);
            var sweep = await host.SweepAsync(sweepId);
            if (sweep.State == SweepState.Completed) return sweep;
            foreach (var run in (await host.RunsAsync(sweepId)).Where(run => run.State == RunState.Queued))
            {
                if (await host.TrainAsync(run, run.Trial!.Value / 10.0)) await host.EndAsync(run);
            }
        }
    }

    private static Architecture Network(int units) => new()
    {
        Name = $"net{units}",
        Input = new InputShape { Height = 16, Width = 16 },
        Layers = [new FlattenLayer(), new DenseLayer { Units = units }, new DenseLayer { Units = 3 }],
        Recipe = new TrainingRecipe { Epochs = 3 },
    };
}
