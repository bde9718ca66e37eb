using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Tests.Models;

public sealed class ModelTests(Platform platform)
{
    [Fact]
    public async Task Register_of_the_same_run_answers_with_the_same_version()
    {
        var version = await XrayRun.Json<ModelVersionResponse>(
            "models", "register", platform.Run.Id.ToString(), "--name", Platform.Model, "--server", platform.Server);
        Assert.Equal((Platform.Model, 1, platform.Run.Id), (version.Name, version.Version, version.RunId));
    }

    [Fact]
    public async Task Show_by_name_version_and_alias_agree()
    {
        var model = await XrayRun.Json<RegisteredModelResponse>("models", "show", Platform.Model, "--server", platform.Server);
        var version = await XrayRun.Json<ModelVersionResponse>("models", "show", $"{Platform.Model}:1", "--server", platform.Server);
        var champion = await XrayRun.Json<ModelVersionResponse>("models", "show", $"{Platform.Model}@champion", "--server", platform.Server);
        Assert.Equal(1, model.Aliases["champion"]);
        Assert.Equal((version.Digest, version.Digest), (champion.Digest, model.Versions[^1].Digest));
    }

    [Fact]
    public async Task List_and_show_for_people_name_alias_and_figures()
    {
        Assert.Contains("champion = 1", (await XrayRun.Of("models", "list", "--server", platform.Server)).Output, StringComparison.Ordinal);
        var shown = await XrayRun.Of("models", "show", $"{Platform.Model}:1", "--server", platform.Server);
        Assert.Matches($@"Made by\s+run {platform.Run.Id}: phantom_net on {Platform.Dataset}@1", shown.Output);
    }

    [Fact]
    public async Task Promote_of_a_version_that_is_not_there_exits_4()
    {
        Assert.Equal(4, (await XrayRun.Of("models", "promote", $"{Platform.Model}:99", "--server", platform.Server)).ExitCode);
    }
}
