using XrayMlOps.Core.Schedules;

namespace XrayMlOps.Cli.Tests.Schedules;

public sealed class ScheduleTests(Platform platform)
{
    [Fact]
    public async Task Schedule_is_added_listed_and_removed()
    {
        var added = await Add("weekly", "0 3 * * 1");
        Assert.Equal(0, added.ExitCode);
        var listed = await XrayRun.Json<ScheduleResponse[]>("schedule", "list", "--server", platform.Server);
        var weekly = Assert.Single(listed, schedule => schedule.Name == "weekly");
        Assert.Equal(("phantom_net", "0 3 * * 1", DayOfWeek.Monday), (weekly.Architecture, weekly.Cron, weekly.NextRunAt!.Value.DayOfWeek));
        Assert.Equal(0, (await XrayRun.Of("schedule", "remove", "weekly", "--server", platform.Server)).ExitCode);
        Assert.Equal(4, (await XrayRun.Of("schedule", "remove", "weekly", "--server", platform.Server)).ExitCode);
    }

    [Fact]
    public async Task Schedule_without_more_words_takes_the_name_of_its_dataset_and_the_studys_network()
    {
        var schedule = await XrayRun.Json<ScheduleResponse>("schedule", "add", "--cron", "0 0 1 1 *", "--dataset", Platform.Dataset, "--server", platform.Server);
        Assert.Equal((Platform.Dataset, "model_4"), (schedule.Name, schedule.Architecture));
        Assert.Equal(0, (await XrayRun.Of("schedule", "remove", Platform.Dataset, "--server", platform.Server)).ExitCode);
    }

    [Fact]
    public async Task Schedule_with_a_bad_cron_exits_2_and_shows_it()
    {
        var run = await Add("never", "61 3 * *");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("61 3 * *", run.Errors, StringComparison.Ordinal);
    }

    private Task<XrayRun> Add(string name, string cron) =>
        XrayRun.Of(
            "schedule", "add", "--name", name, "--cron", cron, "--dataset", Platform.Dataset, "--arch", "phantom_net", "--model", Platform.Model,
            "--server", platform.Server);
}
