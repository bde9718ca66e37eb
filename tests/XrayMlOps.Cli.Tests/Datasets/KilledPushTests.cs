using System.Diagnostics;
using XrayMlOps.Cli.Tests.Hosting;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Cli.Tests.Datasets;

public sealed class KilledPushTests(Platform platform, SharedServers servers)
{
    [Fact]
    public async Task Push_into_a_folder_that_is_killed_again_and_again_ends_as_if_undisturbed_and_leaves_nothing_behind()
    {
        using var data = new TestFolder();
        using var host = await XrayProcess.UpAsync(data.Path, "none");
        await KillAndPushAsync(host.Server);
    }

    [Fact]
    public async Task Push_into_blob_storage_that_is_killed_again_and_again_ends_as_if_undisturbed_and_leaves_nothing_behind()
    {
        var token = TestContext.Current.CancellationToken;
        var (azurite, postgres) = (await servers.AzuriteAsync(), await servers.PostgresAsync());
        using var data = new TestFolder();
        using var host = await XrayProcess.UpAsync(
            data.Path, "none", ("ConnectionStrings__blobs", azurite.ConnectionString), ("ConnectionStrings__registry", await postgres.CreateDatabaseAsync(token)));
        await KillAndPushAsync(host.Server);
    }

    private async Task KillAndPushAsync(string server)
    {
        using var films = new TestFolder();
        films.WritePhantoms(filmsPerClass: 60, seed: 31);
        var random = new Random(31);
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var push = Process.Start(new ProcessStartInfo(
                "dotnet", [Path.Combine(AppContext.BaseDirectory, "xray.dll"), "dataset", "push", films.Path, "--name", "killed", "--server", server])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            await Task.Delay(random.Next(200, 2000), TestContext.Current.CancellationToken);
            push.Kill();
            await push.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        var last = await XrayRun.Json<Platform.PushedDataset>("dataset", "push", films.Path, "--name", "killed", "--server", server);
        var undisturbed = await XrayRun.Json<Platform.PushedDataset>("dataset", "push", films.Path, "--name", "undisturbed", "--server", platform.Server);
        Assert.Equal((undisturbed.Version.Digest, 1), (last.Version.Digest, last.Version.Number));
        var collected = await XrayRun.Json<CollectResponse>("dataset", "gc", "--server", server);
        Assert.Equal((0, 0), (collected.Blobs, collected.PinnedBlobs));
    }
}
