using System.Net;
using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Tests.Hosting;

public sealed class UpTests(Platform platform)
{
    [Fact]
    public async Task Pages_at_the_root_all_answer()
    {
        using var http = platform.Http();
        var pages = JsonDocument.Parse(await http.GetStringAsync(platform.Server, TestContext.Current.CancellationToken)).RootElement;
        foreach (var page in pages.EnumerateObject().Where(page => page.Name != "predict"))
        {
            using var response = await http.GetAsync(page.Value.GetString(), TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{page.Value} answers {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Second_server_on_the_same_data_folder_is_refused_and_told_of_the_first()
    {
        var run = await XrayRun.Of("up", "--data-dir", platform.DataDirectory, "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(platform.Server, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pseudonym.secret")]
    [InlineData("admin.key")]
    public void Secret_of_the_data_folder_is_the_owners_alone(string name)
    {
        var file = Path.Combine(platform.DataDirectory, name);

        Assert.InRange(File.ReadAllText(file).Trim().Length, 43, 64); // 256 bits
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Verb_with_a_key_that_is_not_known_is_told_so_and_what_to_send()
    {
        var run = await XrayRun.Of("dataset", "list", "--server", platform.Server, "--api-key", "xray_0123456789ab_that-nobody-has");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("The API key is not known.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("XRAY_API_KEY", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("that-nobody-has", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_of_the_data_folder_is_shown_to_this_machine_alone()
    {
        Assert.NotNull(ApiKeyOption.Resolve(null, new Uri(platform.Server)));
        Assert.Null(ApiKeyOption.Resolve(null, new Uri("https://xray.example")));
        Assert.Equal("another", ApiKeyOption.Resolve("another", new Uri("https://xray.example")));
    }

    [Fact]
    public async Task Server_on_an_address_that_is_taken_is_refused_without_a_stack()
    {
        using var folder = new TestFolder();
        var run = await XrayRun.Of("up", "--data-dir", folder.Path, "--urls", platform.Server);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("listens on", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_is_killed_and_started_again_has_lost_nothing()
    {
        using TestFolder data = new(), films = new();
        films.WritePhantoms(filmsPerClass: 10, seed: 3);
        DatasetVersionResponse dataset;
        RunResponse run;
        using (var first = await XrayProcess.UpAsync(data.Path, "kept"))
        {
            dataset = (await XrayRun.Json<Platform.PushedDataset>("dataset", "push", films.Path, "--name", "kept", "--server", first.Server)).Version;
            run = await XrayRun.Json<RunResponse>(
                "train", "--dataset", "kept", "--arch", "phantom_net", "--epochs", "1", "--register", "kept", "--alias", "champion", "--wait", "--server", first.Server);
            await first.KillAsync();
        }

        using var second = await XrayProcess.UpAsync(data.Path, "kept");
        Assert.Equal(dataset.Digest, (await XrayRun.Json<DatasetVersionResponse>("dataset", "show", "kept", "--server", second.Server)).Digest);
        Assert.Equal(RunState.Succeeded, (await XrayRun.Json<RunResponse>("runs", "show", run.Id.ToString(), "--server", second.Server)).State);
        var champion = await XrayRun.Json<ModelVersionResponse>("models", "show", "kept@champion", "--server", second.Server);
        Assert.Equal((1, run.Id), (champion.Version, champion.RunId));
        // The files are there too, not only their names.
        var score = await XrayRun.Json<JsonElement>("evaluate", "--model", "kept", "--images", films.Path, "--server", second.Server);
        Assert.Equal(30, score.GetProperty("n").GetInt32());
        Assert.Equal(0, await second.InterruptAsync());
    }
}
