using System.Text;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing.Servers;

[assembly: AssemblyFixture(typeof(SharedServers))]

namespace XrayMlOps.Worker.Tests.Runs;

/// <summary>Several workers on one registry: what one leaves, another goes on with.</summary>
public sealed class RunTakeoverTests(SharedServers servers) : IDisposable
{
    private static readonly TrainingRecipe s_endless = new() { Epochs = 10_000 };
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("xray-takeover-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Run_goes_on_with_a_worker_on_another_machine_from_the_checkpoint_in_the_blob_store()
    {
        int id;
        RunResponse before;
        await using (var first = await WorkerHost.StartAsync(_data.FullName, ("Worker:Folder", Path.Combine(_data.FullName, "machine-1"))))
        {
            id = await first.AddRunAsync(s_endless);
            await first.WaitForAsync(id, run => run.Epochs.Count >= 3);
        }
        Directory.Delete(Path.Combine(_data.FullName, "machine-1"), recursive: true);

        await using var second = await WorkerHost.StartAsync(_data.FullName, ("Worker:Folder", Path.Combine(_data.FullName, "machine-2")), ("Worker:Concurrency", "2"));
        before = await second.RunAsync(id);
        var after = await second.WaitForAsync(id, run => run.State == RunState.Running && run.Epochs.Count > before.Epochs.Count + 2);

        Assert.Equal(before.Epochs, after.Epochs.Take(before.Epochs.Count));
        Assert.Equal(Enumerable.Range(1, after.Epochs.Count), after.Epochs.Select(epoch => epoch.Epoch));
    }

    [Fact]
    public async Task Checkpoints_that_are_superseded_leave_the_store_at_once()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var id = await host.AddRunAsync(s_endless);
        await host.WaitForAsync(id, run => run.Epochs.Count >= 8);
        await host.WithRegistryAsync(registry => registry.CancelRunAsync(id, DateTimeOffset.UnixEpoch, Token));
        var run = await host.WaitForAsync(id, run => run.State.IsEnd());

        List<string> checkpoints = [];
        await foreach (var blob in host.Blobs.ListAsync(Token))
        {
            await using var content = await host.Blobs.OpenReadAsync(blob.Digest, Token);
            var start = new byte[1 << 16];
            if (Encoding.UTF8.GetString(start, 0, await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, Token)).Contains("first_moment", StringComparison.Ordinal))
                checkpoints.Add(blob.Digest);
        }

        Assert.Equal([run.Artifacts[TrainingOutputs.Checkpoint]], checkpoints);
    }

    [Fact]
    public async Task Workers_that_share_a_queue_in_postgres_train_every_run_once()
    {
        var registry = await (await servers.PostgresAsync()).CreateDatabaseAsync(Token);
        (string, string?)[] Settings(int worker) =>
            [("ConnectionStrings:registry", registry), ("Worker:Folder", Path.Combine(_data.FullName, $"machine-{worker}")), ("Worker:ReconcileSeconds", "1")];
        var hosts = await Task.WhenAll(Enumerable.Range(1, 2).Select(worker => WorkerHost.StartAsync(_data.FullName, Settings(worker))));
        try
        {
            List<int> ids = [];
            for (var i = 0; i < 6; i++) ids.Add(await hosts[0].AddRunAsync(new TrainingRecipe { Epochs = 1, Seed = i }));
            foreach (var id in ids)
            {
                var run = await hosts[0].WaitForAsync(id, run => run.State.IsEnd());
                Assert.True(run.State == RunState.Succeeded, run.Reason);
                Assert.Equal(1, run.Attempt);
            }
            Assert.Equal(0, await hosts[1].WithRegistryAsync(db => db.Runs.CountAsync(run => run.JobId == null, Token)));
        }
        finally
        {
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }
}
