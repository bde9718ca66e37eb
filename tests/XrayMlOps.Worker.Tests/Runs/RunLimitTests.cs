using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing;

namespace XrayMlOps.Worker.Tests.Runs;

public sealed class RunLimitTests : IDisposable
{
    private static readonly TrainingRecipe s_endless = new() { Epochs = 10_000 };
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("xray-limits-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Run_that_takes_longer_than_its_limit_fails_and_says_so()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var id = await host.AddRunAsync(s_endless, limits: new RunLimits(TotalMinutes: 0.15));

        var run = await host.WaitForAsync(id, run => run.State.IsEnd());

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("0.15 minutes", run.Reason, StringComparison.Ordinal);
        Assert.Equal(1, run.Attempt);
    }

    [Fact]
    public async Task Trainer_that_hangs_is_ended_and_its_run_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "stops the trainer's process");
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var id = await host.AddRunAsync(s_endless, limits: new RunLimits(StallMinutes: 0.4));
        var before = await host.WaitForAsync(id, run => run.Epochs.Count >= 2);
        using var trainer = TrainerProcesses.On(Path.Combine(_data.FullName, "work", $"run-{id}"));

        using (var stop = System.Diagnostics.Process.Start("kill", ["-STOP", $"{trainer.Id}"])) await stop.WaitForExitAsync(Token);

        var after = await host.WaitForAsync(id, run => run.Attempt == 2 && run.State == RunState.Running && run.Epochs.Count > before.Epochs.Count + 2);
        Assert.Equal(before.Epochs, after.Epochs.Take(before.Epochs.Count));
    }

    [Fact]
    public async Task Faults_are_forgiven_once_an_epoch_is_finished()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var id = await host.AddRunAsync(s_endless);
        await host.WithRegistryAsync(registry => registry.Runs.Where(run => run.Id == id).ExecuteUpdateAsync(set => set.SetProperty(run => run.Faults, 2), Token));

        await host.WaitForAsync(id, run => run.Epochs.Count >= 1);

        Assert.Equal(0, await host.WithRegistryAsync(registry => registry.Runs.Where(run => run.Id == id).Select(run => run.Faults).SingleAsync(Token)));
    }

    [Fact]
    public async Task Log_is_readable_while_the_run_is_under_way_and_a_file_afterwards()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var id = await host.AddRunAsync(s_endless);
        await host.WaitForAsync(id, run => run.Epochs.Count >= 2);
        Task<List<string>> Pieces() => host.WithRegistryAsync(registry => registry.RunLog.Where(piece => piece.RunId == id).OrderBy(piece => piece.Id).Select(piece => piece.Text).ToListAsync(Token));
        while ((await Pieces()).Count < 2) await Task.Delay(50, Token);
        var soFar = string.Concat(await Pieces());

        await host.WithRegistryAsync(registry => registry.CancelRunAsync(id, DateTimeOffset.UnixEpoch, Token));
        var run = await host.WaitForAsync(id, run => run.State.IsEnd());

        await using var blob = await host.Blobs.OpenReadAsync(run.Artifacts[TrainingOutputs.Log], Token);
        using StreamReader whole = new(blob);
        Assert.StartsWith(soFar, await whole.ReadToEndAsync(Token), StringComparison.Ordinal);
        Assert.Empty(await Pieces());
    }
}
