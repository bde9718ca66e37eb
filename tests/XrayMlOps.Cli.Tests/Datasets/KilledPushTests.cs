using System.Diagnostics;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Hosting;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Cli.Tests.Datasets;

public sealed class KilledPushTests(Platform platform)
{
    [Fact]
    public async Task Push_that_is_killed_again_and_again_ends_as_if_undisturbed_and_leaves_nothing_behind()
    {
        using TestFolder data = new(), films = new();
        films.WritePhantoms(filmsPerClass: 60, seed: 31);
        await using var log = new StringWriter();
        var terminal = new Terminal(Terminal.Console(log, redirected: true), Terminal.Console(log, redirected: true), TimeProvider.System);
        await using var host = await XrayHost.StartAsync(
            new HostSettings(data.Path, "http://127.0.0.1:0", "none", Verbose: false), terminal, TestContext.Current.CancellationToken);
        var server = host.Address.ToString();

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
