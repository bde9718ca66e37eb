using XrayMlOps.Cli.Schedules;
using XrayMlOps.Core.Runs;
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
    public async Task Schedule_is_added_with_all_that_the_command_line_says_of_it()
    {
        var schedule = await XrayRun.Json<ScheduleResponse>(
            "schedule", "add", "--name", "bounded", "--cron", "0 3 * * *", "--time-zone", "Europe/Zurich", "--dataset", Platform.Dataset, "--result", "register", "--always",
            "--missed", "skip", "--start", "2099-07-01", "--end", "2099-12-24T18:00Z", "--need", "cpu", "--epochs", "2", "--server", platform.Server);
        Assert.Equal((ScheduledResult.Register, false, MissedFirings.Skip, ComputeNeed.Cpu), (schedule.Result, schedule.OnlyNewData, schedule.Missed, schedule.Need));
        Assert.Equal(new DateTimeOffset(2099, 6, 30, 22, 0, 0, TimeSpan.Zero), schedule.StartsAt);
        Assert.Equal(new DateTimeOffset(2099, 12, 24, 18, 0, 0, TimeSpan.Zero), schedule.EndsAt);
        Assert.Equal((2, new DateTimeOffset(2099, 7, 1, 1, 0, 0, TimeSpan.Zero)), (schedule.Recipe.Epochs, schedule.NextRunAt));
        Assert.Equal(0, (await XrayRun.Of("schedule", "remove", "bounded", "--server", platform.Server)).ExitCode);
    }

    [Fact]
    public async Task Schedule_is_changed_paused_resumed_and_shown()
    {
        Assert.Equal(0, (await Add("changing", "0 3 1 1 *")).ExitCode);
        var before = (await Show("changing")).Schedule;

        var changed = await XrayRun.Json<ScheduleResponse>("schedule", "update", "changing", "--always", "--epochs", "7", "--server", platform.Server);
        Assert.Equal(before with { OnlyNewData = false, Recipe = before.Recipe with { Epochs = 7 } }, changed);
        Assert.Equal(2, (await XrayRun.Of("schedule", "update", "changing", "--server", platform.Server)).ExitCode);

        var paused = await XrayRun.Json<ScheduleResponse>("schedule", "pause", "changing", "--server", platform.Server);
        Assert.Equal((true, null), (paused.Paused, paused.NextRunAt));
        Assert.Contains("paused", (await XrayRun.Of("schedule", "list", "--server", platform.Server)).Output, StringComparison.Ordinal);
        Assert.Equal(changed, await XrayRun.Json<ScheduleResponse>("schedule", "resume", "changing", "--server", platform.Server));

        Assert.Empty((await Show("changing")).Firings);
        Assert.Contains("changing, on", (await XrayRun.Of("schedule", "show", "changing", "--server", platform.Server)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await XrayRun.Of("schedule", "remove", "changing", "--server", platform.Server)).ExitCode);
        Assert.Equal(4, (await XrayRun.Of("schedule", "pause", "changing", "--server", platform.Server)).ExitCode);
    }

    [Fact]
    public async Task Schedule_fired_by_hand_names_its_run()
    {
        Assert.Equal(0, (await Add("by-hand", "0 3 1 1 *")).ExitCode);

        var firing = await XrayRun.Json<FiringResponse>("schedule", "fire", "by-hand", "--server", platform.Server);

        Assert.Equal(FiringOutcome.Started, firing.Outcome);
        Assert.Equal(firing, Assert.Single((await Show("by-hand")).Firings));
        await XrayRun.Of("runs", "cancel", $"{firing.RunId}", "--server", platform.Server);
        Assert.Equal(0, (await XrayRun.Of("schedule", "remove", "by-hand", "--server", platform.Server)).ExitCode);
    }

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("2099-02-30")]
    [InlineData("2026-03-29T02:30")] // Zurich's clock skips it
    public async Task Schedule_with_a_time_that_is_none_exits_2_and_shows_it(string time)
    {
        var run = await XrayRun.Of(
            "schedule", "add", "--cron", "0 3 * * *", "--time-zone", "Europe/Zurich", "--dataset", Platform.Dataset, "--start", time, "--server", platform.Server);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--start '{time}'", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_with_a_bad_cron_exits_2_and_shows_it()
    {
        var run = await Add("never", "61 3 * *");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("61 3 * *", run.Errors, StringComparison.Ordinal);
    }

    private Task<ScheduleShowCommand.ScheduleAndFirings> Show(string name) =>
        XrayRun.Json<ScheduleShowCommand.ScheduleAndFirings>("schedule", "show", name, "--server", platform.Server);

    private Task<XrayRun> Add(string name, string cron) =>
        XrayRun.Of(
            "schedule", "add", "--name", name, "--cron", cron, "--dataset", Platform.Dataset, "--arch", "phantom_net", "--model", Platform.Model,
            "--server", platform.Server);
}
