using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing;

namespace XrayMlOps.Worker.Tests.Runs;

public sealed class RunSupervisionTests : IDisposable
{
    private static readonly TrainingRecipe s_short = new() { Epochs = 2 };
    private static readonly TrainingRecipe s_endless = new() { Epochs = 10_000 };
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("xray-worker-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Run_of_a_worker_that_is_gone_is_trained_to_its_end_and_its_model_promoted()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var id = await host.AddRunAsync(s_short, registerAs: "m", alias: "champion");
        await host.WithRegistryAsync(registry => registry.Runs.Where(run => run.Id == id && run.State == RunState.Queued).ExecuteUpdateAsync(
            set => set.SetProperty(run => run.State, RunState.Running).SetProperty(run => run.Worker, "gone/1/x").SetProperty(run => run.LeaseExpiresAt, DateTimeOffset.UnixEpoch), Token));

        var run = await host.WaitForAsync(id, run => run.State.IsEnd());

        Assert.True(run.State == RunState.Succeeded, run.Reason);
        Assert.Equal([1, 2], run.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(
            [TrainingOutputs.Checkpoint, TrainingOutputs.Evaluation, TrainingOutputs.Model, TrainingOutputs.Log, TrainingOutputs.Weights],
            run.Artifacts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("m:1", 1), (run.Model, await host.WithRegistryAsync(registry => registry.ModelAliases.Where(alias => alias.Alias == "champion").Select(alias => alias.Version).SingleAsync(Token))));
        Assert.Single(await host.WithRegistryAsync(registry => registry.Promotions.ToListAsync(Token)));
        Assert.NotNull(run.Evaluation);
        Assert.NotEmpty(run.Packages);
        Assert.False(Directory.Exists(FolderOf(id)));
        Assert.Single(Directory.GetFiles(Assert.Single(Directory.GetDirectories(Path.Combine(_data.FullName, "work", "cache")))));
    }

    [Fact]
    public async Task Run_whose_trainer_is_killed_goes_on_from_its_checkpoint_until_it_is_cancelled()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "finds the trainer's process in /proc");
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var id = await host.AddRunAsync(s_endless);
        var before = await host.WaitForAsync(id, run => run.Epochs.Count >= 3);

        TrainerProcesses.On(FolderOf(id)).Kill();

        var after = await host.WaitForAsync(id, run => run.Attempt == 2 && run.State == RunState.Running && run.Epochs.Count > before.Epochs.Count + 2);
        Assert.Equal(before.Epochs, after.Epochs.Take(before.Epochs.Count)); // what the registry knows is never trained again
        Assert.True(await host.WithRegistryAsync(registry => registry.CancelRunAsync(id, DateTimeOffset.UnixEpoch, Token)));
        var cancelled = await host.WaitForAsync(id, run => run.State.IsEnd());
        Assert.Equal(RunState.Cancelled, cancelled.State);
        await WaitUntilGoneAsync(id);
        Assert.Equal([TrainingOutputs.Checkpoint, TrainingOutputs.Log], cancelled.Artifacts.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Run_of_a_worker_that_shuts_down_goes_on_with_the_next_one()
    {
        int id;
        RunResponse before;
        await using (var first = await WorkerHost.StartAsync(_data.FullName))
        {
            id = await first.AddRunAsync(s_endless);
            before = await first.WaitForAsync(id, run => run.Epochs.Count >= 3);
        }

        await using var second = await WorkerHost.StartAsync(_data.FullName);
        var after = await second.WaitForAsync(id, run => run.State == RunState.Running && run.Epochs.Count > before.Epochs.Count + 2);

        Assert.Equal(2, after.Attempt);
        Assert.Equal(before.Epochs, after.Epochs.Take(before.Epochs.Count));
        Assert.Equal(0, await second.WithRegistryAsync(registry => registry.Runs.Where(run => run.Id == id).Select(run => run.Faults).SingleAsync(Token)));
    }

    [Fact]
    public async Task Run_that_is_wrong_fails_at_once_with_the_reason()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var id = await host.AddRunAsync(s_short, WorkerHost.Tiny with { Layers = [new FlattenLayer(), new DenseLayer { Units = 5 }] });

        var run = await host.WaitForAsync(id, run => run.State.IsEnd());

        Assert.Equal((RunState.Failed, 1), (run.State, run.Attempt));
        Assert.Contains("last layer", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_whose_trainer_always_dies_fails_after_three_attempts_with_its_last_words()
    {
        var trainer = Path.Combine(_data.FullName, "trainer.dll");
        await File.WriteAllTextAsync(trainer, "not a program", Token);
        await using var host = await WorkerHost.StartAsync(_data.FullName, ("Worker:TrainerPath", trainer));
        var id = await host.AddRunAsync(s_short);

        var run = await host.WaitForAsync(id, run => run.State.IsEnd());

        Assert.Equal((RunState.Failed, 3), (run.State, run.Attempt));
        Assert.StartsWith("fault 3 of 3: the trainer", run.Reason, StringComparison.Ordinal);
        Assert.Contains("its last words", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_trainer_fails_the_run_and_says_where_it_was_looked_for()
    {
        var nowhere = Path.Combine(_data.FullName, "nowhere.dll");
        await using var host = await WorkerHost.StartAsync(_data.FullName, ("Worker:TrainerPath", nowhere));
        var id = await host.AddRunAsync(s_short);

        var run = await host.WaitForAsync(id, run => run.State.IsEnd());

        Assert.Equal((RunState.Failed, 1), (run.State, run.Attempt));
        Assert.Contains(nowhere, run.Reason, StringComparison.Ordinal);
    }

    private string FolderOf(int id) => Path.Combine(_data.FullName, "work", $"run-{id}");

    private async Task WaitUntilGoneAsync(int id)
    {
        while (Directory.Exists(FolderOf(id))) await Task.Delay(50, Token);
    }
}
