using System.Text.Json;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Tests.Runs;

public sealed class RunCompareTests(Platform platform)
{
    [Fact]
    public async Task Watch_of_a_run_that_has_ended_shows_every_epoch_and_the_curve()
    {
        var watched = await XrayRun.Of("runs", "watch", platform.Run.Id.ToString(), "--server", platform.Server);
        Assert.Equal(0, watched.ExitCode);
        Assert.Matches(@"\n  epoch   6/6  train \d\.\d{3} +[\d.]+ %  validation \d\.\d{3} +[\d.]+ % [ *] +[\d,]+ images/s\r?\n", watched.Output);
        Assert.Contains("× validation loss", watched.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_that_is_followed_ends_with_the_run()
    {
        var id = platform.Run.Id.ToString();
        var followed = await XrayRun.Of("runs", "log", id, "--follow", "--server", platform.Server);
        Assert.Equal(0, followed.ExitCode);
        Assert.Equal((await XrayRun.Of("runs", "log", id, "--server", platform.Server)).Output, followed.Output);
    }

    [Fact]
    public async Task Repeated_run_has_the_same_curves_and_compare_finds_nothing_but_what_was_changed()
    {
        var again = await XrayRun.Json<JsonElement>("runs", "repeat", platform.Run.Id.ToString(), "--server", platform.Server);
        Assert.Equal(6, again.GetProperty("epochs").GetInt32());
        Assert.Equal(0, again.GetProperty("trainLoss").GetProperty("largest").GetDouble());
        Assert.Equal(0, again.GetProperty("validationLoss").GetProperty("largest").GetDouble());
        Assert.Empty(again.GetProperty("parameters").EnumerateArray());

        var other = await XrayRun.Json<RunResponse>(
            "train", "--dataset", Platform.Dataset, "--arch", "phantom_net", "--epochs", "2", "--seed", "9", "--wait", "--server", platform.Server);
        using var folder = new TestFolder();
        var png = Path.Combine(folder.Path, "curves.png");
        var compared = await XrayRun.Of("runs", "compare", platform.Run.Id.ToString(), other.Id.ToString(), "--png", png, "--server", platform.Server);

        Assert.Equal(0, compared.ExitCode);
        Assert.Matches(@"\n +epochs +6 +2 *\r?\n", compared.Output);
        Assert.Matches(@"\n +seed +1 +9 *\r?\n", compared.Output);
        Assert.DoesNotMatch(@"\n +batchSize ", compared.Output);
        Assert.Matches(@"test AUROC +\d\.\d{3} +\d\.\d{3}", compared.Output);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(png, TestContext.Current.CancellationToken))[..4]);
    }

    [Fact]
    public async Task Compare_of_a_run_with_itself_is_refused()
    {
        var id = platform.Run.Id.ToString();
        Assert.Equal(2, (await XrayRun.Of("runs", "compare", id, id, "--server", platform.Server)).ExitCode);
    }
}
