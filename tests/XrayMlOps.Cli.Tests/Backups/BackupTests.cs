using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Cli.Hosting;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Tests.Hosting;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Models;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Cli.Tests.Backups;

public sealed class BackupTests(Platform platform, SharedServers servers) : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Registry => $"Data Source={Path.Combine(platform.DataDirectory, "registry.db")}";

    private string Blobs => Path.Combine(platform.DataDirectory, "blobs");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Platform_that_moves_to_PostgreSQL_and_Azure_and_back_answers_the_same_to_the_last_bit()
    {
        (string, string)[] cloud =
        [
            ("ConnectionStrings__registry", await (await servers.PostgresAsync()).CreateDatabaseAsync(Token)),
            ("ConnectionStrings__blobs", $"{(await servers.AzuriteAsync()).ConnectionString};ContainerName=backup-{Guid.NewGuid():N}"),
        ];
        string there = Path.Combine(_folder.Path, "there.tar"), back = Path.Combine(_folder.Path, "back.tar"), data = Path.Combine(_folder.Path, "data");
        string[] films = [.. Enumerable.Range(0, 6).Select(i => _folder.WritePhantom($"film{i}.jpeg", (ImageLabel)(i % 3), 50 + i))];
        var expected = await PredictAsync(films, platform.Server);

        var written = await XrayRun.Json<JsonElement>("backup", "--to", there, "--registry", Registry, "--blobs", Blobs); // beside the server
        Assert.Equal(0, (await XrayRun.Of("backup", "verify", there)).ExitCode);
        Succeed(await XrayProcess.RunAsync(cloud, "restore", "--from", there, "--json"));
        using (var server = await XrayProcess.UpAsync(Path.Combine(_folder.Path, "cloud-data"), Platform.Model, cloud)) Assert.Equal(expected, await PredictAsync(films, server.Server));

        Succeed(await XrayProcess.RunAsync(cloud, "backup", "--to", back, "--json"));
        Succeed(await XrayProcess.RunAsync([], "restore", "--from", back, "--data-dir", data));
        using (var server = await XrayProcess.UpAsync(data, Platform.Model))
        {
            Assert.Equal(expected, await PredictAsync(films, server.Server));
            Assert.Equal(
                platform.Pushed.Version.Digest, (await XrayRun.Json<DatasetVersionResponse>("dataset", "show", Platform.Dataset, "--server", server.Server)).Digest);
            var champion = await XrayRun.Json<ModelVersionResponse>("models", "show", $"{Platform.Model}@champion", "--server", server.Server);
            Assert.Equal((1, platform.Run.Id), (champion.Version, champion.RunId));
        }

        var ledger = await LedgerAsync(Registry);
        Assert.NotEmpty(ledger);
        Assert.Equivalent(ledger, await LedgerAsync(cloud[0].Item2), strict: true);
        Assert.Equivalent(ledger, await LedgerAsync($"Data Source={Path.Combine(data, "registry.db")}"), strict: true);
        Assert.Contains(written.GetProperty("backup").GetProperty("tables").EnumerateArray(), table => table.GetProperty("name").GetString() == "Promotions");
    }

    [Fact]
    public async Task Data_folder_that_a_server_works_on_is_neither_backed_up_nor_restored_into()
    {
        var backup = Path.Combine(_folder.Path, "backup.tar");
        Assert.Equal(0, (await XrayRun.Of("backup", "--to", backup, "--registry", Registry, "--blobs", Blobs)).ExitCode);

        foreach (var run in new[]
        {
            await XrayRun.Of("backup", "--to", Path.Combine(_folder.Path, "other.tar"), "--data-dir", platform.DataDirectory),
            await XrayRun.Of("restore", "--from", backup, "--data-dir", platform.DataDirectory),
        })
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(platform.Server, run.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Backup_is_not_written_over_and_a_damaged_or_second_one_is_not_restored()
    {
        string backup = Path.Combine(_folder.Path, "backup.tar"), data = Path.Combine(_folder.Path, "data");
        var first = await XrayRun.Of("backup", "--to", backup, "--registry", Registry, "--blobs", Blobs);
        Assert.Equal(0, first.ExitCode);
        Assert.Contains("pseudonym.secret", first.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await XrayRun.Of("backup", "--to", backup, "--registry", Registry, "--blobs", Blobs)).ExitCode);

        var damaged = Path.Combine(_folder.Path, "damaged.tar");
        File.Copy(backup, damaged);
        await using (var file = File.OpenWrite(damaged)) file.SetLength(file.Length / 2);
        foreach (var run in new[] { await XrayRun.Of("backup", "verify", damaged), await XrayRun.Of("restore", "--from", damaged, "--data-dir", data) })
        {
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("damaged", run.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await XrayRun.Of("restore", "--from", backup, "--data-dir", data)).ExitCode);
        var second = await XrayRun.Of("restore", "--from", backup, "--data-dir", data);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("not empty", second.Errors, StringComparison.Ordinal);
    }

    private static void Succeed(XrayRun run) => Assert.True(run.ExitCode == 0, run.Errors);

    /// <summary>Probabilities as they are in memory, bit by bit, once the server has its champion.</summary>
    private static async Task<string[]> PredictAsync(string[] films, string server)
    {
        using RegistryClient client = new(new Uri(server), LocalAdminKey.Find(DataFolder.Resolve(null)));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                await client.ServedModelAsync(patience.Token);
                break;
            }
            catch (ServerProblem)
            {
                await Task.Delay(50, patience.Token); // no champion yet
            }
        }
        var answers = await XrayRun.Json<PredictionsResponse>(["predict", .. films, "--server", server]);
        return
        [
            .. answers.Predictions.Select(answer => string.Join(
                ' ', answer.Prediction!.Probabilities.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={BitConverter.SingleToInt32Bits(label.Value):x8}"))),
        ];
    }

    private static async Task<List<Promotion>> LedgerAsync(string connectionString)
    {
        using RegistryDatabase database = new(connectionString);
        await using var registry = database.CreateDbContext();
        return await registry.Promotions.AsNoTracking().OrderBy(promotion => promotion.Id).ToListAsync(Token);
    }
}
