using System.Net;
using XrayMlOps.Core;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Testing.Servers;
using static XrayMlOps.ControlPlane.Tests.Schedules.Firing;

namespace XrayMlOps.ControlPlane.Tests.Schedules;

public sealed class ScheduleTests(SharedServers servers)
{
    private readonly StoppedClock _clock = Clock();

    [Fact]
    public async Task Schedule_survives_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("xray-schedule-");
        try
        {
            var before = await RegistryHost.StartAsync(data.FullName);
            await before.PushCompletedAsync("chest", Films.Some(10));
            var added = await before.AddAsync(Nightly with { Cron = "30 3 * * *" });
            await before.StopAsync();

            await using var after = await RegistryHost.StartAsync(data.FullName);

            var schedule = Assert.Single(await after.GetAsync<ScheduleResponse[]>("/api/schedules"));
            Assert.Equal(added, schedule);
            Assert.Equal((3, 30), (schedule.NextRunAt!.Value.Hour, schedule.NextRunAt.Value.Minute));
            Assert.Equal(["schedule:nightly"], after.RecurringJobs());
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Schedule_is_told_as_it_was_asked_for(Deployment deployment)
    {
        await using var host = await StartAsync(deployment);
        var (start, end) = (Night(2).AddHours(1), Night(5));

        await host.AddAsync(Nightly with
        {
            TimeZone = "Europe/Zurich",
            Recipe = Nightly.Architecture.Recipe with { Epochs = 7 },
            Model = "lungs",
            Result = ScheduledResult.Register,
            OnlyNewData = false,
            Missed = MissedFirings.Skip,
            StartsAt = start,
            EndsAt = end,
            Need = ComputeNeed.Gpu,
        });

        var told = await host.ScheduleAsync();
        Assert.Equal(("Europe/Zurich", 7, "lungs", ScheduledResult.Register, false), (told.TimeZone, told.Recipe.Epochs, told.Model, told.Result, told.OnlyNewData));
        Assert.Equal((MissedFirings.Skip, start, end, ComputeNeed.Gpu, false), (told.Missed, told.StartsAt, told.EndsAt, told.Need, told.Paused));
        Assert.Equal((Night(3).AddHours(-1), null, null), (told.NextRunAt, told.LastRunId, told.LastFiring));
    }

    [Fact]
    public async Task Schedule_without_more_words_makes_challengers_of_new_data_and_makes_up_for_what_it_missed()
    {
        await using var host = await StartAsync();

        var schedule = await host.ScheduleAsync();

        Assert.Equal((ScheduledResult.Challenger, true, MissedFirings.RunOnce), (schedule.Result, schedule.OnlyNewData, schedule.Missed));
        Assert.Equal(("UTC", ModelReference.DefaultName, ComputeNeed.Any, 3), (schedule.TimeZone, schedule.Model, schedule.Need, schedule.Recipe.Epochs));
    }

    [Fact]
    public async Task Schedule_of_the_same_name_is_replaced()
    {
        await using var host = await StartAsync();
        await host.ChangeAsync(new ScheduleChange(EndsAt: Night(4), Paused: true));

        await host.AddAsync(Nightly with { Cron = "0 5 * * 0", TimeZone = "Europe/Zurich" });

        var schedule = Assert.Single(await host.GetAsync<ScheduleResponse[]>("/api/schedules"));
        Assert.Equal(("0 5 * * 0", "Europe/Zurich", null, false), (schedule.Cron, schedule.TimeZone, schedule.EndsAt, schedule.Paused));
    }

    [Fact]
    public async Task Schedule_that_makes_no_sense_is_told_all_that_is_wrong()
    {
        await using var host = await RegistryHost.StartAsync(clock: _clock);

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync("/api/schedules", Nightly with
        {
            Cron = "at three",
            TimeZone = "Mars/Olympus",
            Dataset = "nothing",
            Model = "NO",
            StartsAt = Night(2),
            EndsAt = Night(1),
        }));

        Assert.All((string[])["at three", "Mars/Olympus", "nothing", "'NO'", "endsAt"], part => Assert.Contains(part, detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0 3 30 2 *", null, "cron '0 3 30 2 *'")]
    [InlineData("0 3 * * *", "2026-03-02T02:00:00Z", "endsAt")]
    [InlineData("0 3 * * *", "2020-01-01T00:00:00Z", "endsAt")]
    public async Task Schedule_that_would_never_be_due_is_refused(string cron, string? end, string member)
    {
        await using var host = await StartAsync();
        DateTimeOffset? endsAt = end is null ? null : DateTimeOffset.Parse(end, System.Globalization.CultureInfo.InvariantCulture);

        var added = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync("/api/schedules", Nightly with { Cron = cron, EndsAt = endsAt }));
        var changed = await RegistryHost.ProblemAsync(
            HttpStatusCode.UnprocessableEntity, host.PatchAsync("/api/schedules/nightly", new ScheduleChange(Cron: cron, EndsAt: endsAt)));

        Assert.StartsWith(member, added, StringComparison.Ordinal);
        Assert.StartsWith(member, changed, StringComparison.Ordinal);
        Assert.Equal(("0 3 * * *", null), ((await host.ScheduleAsync()).Cron, (await host.ScheduleAsync()).EndsAt));
    }

    [Fact]
    public async Task Change_changes_what_it_gives_and_nothing_else()
    {
        await using var host = await StartAsync();
        var before = await host.ScheduleAsync();

        var after = await host.ChangeAsync(new ScheduleChange(Cron: "30 4 * * *", OnlyNewData: false, Recipe: before.Recipe with { Epochs = 9 }));

        Assert.Equal(before with { Cron = "30 4 * * *", OnlyNewData = false, Recipe = before.Recipe with { Epochs = 9 }, NextRunAt = Night(1).AddMinutes(90) }, after);
        Assert.Equal(after, await host.ScheduleAsync());
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.PatchAsync("/api/schedules/weekly", new ScheduleChange(Paused: true)));
    }

    [Fact]
    public async Task Changed_time_does_not_fire_for_the_past_whereas_another_change_keeps_what_has_just_come_due()
    {
        await using var host = await StartAsync();
        _clock.Set(Night(1).AddHours(6));

        await host.ChangeAsync(new ScheduleChange(Cron: "0 5 * * *"));
        await host.FireAsync();
        Assert.Empty(await host.FiringsAsync());

        _clock.Set(Night(2).AddHours(2));
        await host.ChangeAsync(new ScheduleChange(Model: "lungs"));
        await host.FireAsync();
        Assert.Equal(Night(2).AddHours(2), Assert.Single(await host.FiringsAsync()).DueAt);
    }

    [Fact]
    public async Task Paused_schedule_does_not_fire_and_goes_on_with_the_next_due_time()
    {
        await using var host = await StartAsync();

        Assert.Null((await host.ChangeAsync(new ScheduleChange(Paused: true))).NextRunAt);
        Assert.Empty(host.RecurringJobs());
        _clock.Set(Night(2).AddHours(1));
        await host.FireAsync();
        await host.ReconcileAsync();
        Assert.Empty(host.RecurringJobs());

        Assert.Equal(Night(3), (await host.ChangeAsync(new ScheduleChange(Paused: false))).NextRunAt);
        Assert.Equal(["schedule:nightly"], host.RecurringJobs());
        await host.FireAsync();
        Assert.Empty(await host.FiringsAsync());
        _clock.Set(Night(3));
        await host.FireAsync();
        Assert.Equal("on chest@1", Assert.Single(await host.FiringsAsync()).Detail);
    }

    [Fact]
    public async Task Schedule_fires_from_its_start_to_its_end()
    {
        await using var host = await StartAsync(Nightly with { OnlyNewData = false, StartsAt = Night(2), EndsAt = Night(3) });
        for (var night = 1; night <= 4; night++)
        {
            _clock.Set(Night(night));
            await host.FireAsync();
        }

        await host.ReconcileAsync();

        Assert.Equal([Night(3), Night(2)], (await host.FiringsAsync()).Select(firing => firing.DueAt));
        Assert.Null((await host.ScheduleAsync()).NextRunAt);
        Assert.Empty(host.RecurringJobs());
    }

    [Fact]
    public async Task Deleted_schedule_does_not_fire_and_one_of_its_name_begins_anew()
    {
        await using var host = await StartAsync();
        _clock.Set(Night(1));
        await host.FireAsync();
        await host.EndAsync((await host.LastFiringAsync()).RunId, RunState.Succeeded);

        using var deleted = await host.Http.DeleteAsync("/api/schedules/nightly", RegistryHost.Token);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(host.RecurringJobs());
        _clock.Set(Night(2));
        await host.FireAsync();
        Assert.Single(await host.RunsAsync());
        await host.AddAsync(Nightly);
        Assert.Empty(await host.FiringsAsync());
        _clock.Set(Night(3));
        await host.FireAsync();
        Assert.Equal(FiringOutcome.Started, (await host.LastFiringAsync()).Outcome);
    }

    [Fact]
    public async Task Schedules_of_another_control_plane_are_taken_on_and_forgotten_again()
    {
        var postgres = await (await servers.PostgresAsync()).CreateDatabaseAsync(RegistryHost.Token);
        await using var other = await RegistryHost.StartAsync(clock: _clock, settings: new() { ["ConnectionStrings:registry"] = postgres });
        await using var host = await RegistryHost.StartAsync(clock: _clock, settings: new() { ["ConnectionStrings:registry"] = postgres });
        await other.PushCompletedAsync("chest", Films.Some(10));
        await other.AddAsync(Nightly);

        await host.ReconcileAsync();
        Assert.Equal(["schedule:nightly"], host.RecurringJobs());

        using var deleted = await other.Http.DeleteAsync("/api/schedules/nightly", RegistryHost.Token);
        await host.ReconcileAsync();
        Assert.Empty(host.RecurringJobs());
    }

    [Fact]
    public async Task Firings_are_listed_the_latest_first_a_page_at_a_time()
    {
        await using var host = await StartAsync();
        for (var night = 1; night <= 5; night++)
        {
            _clock.Set(Night(night));
            await host.FireAsync();
        }

        List<DateTimeOffset> seen = [];
        string? after = null;
        do
        {
            var page = await host.GetAsync<Page<FiringResponse>>($"/api/schedules/nightly/firings?limit=2{(after is null ? "" : $"&after={after}")}");
            Assert.InRange(page.Items.Count, 1, 2);
            seen.AddRange(page.Items.Select(firing => firing.DueAt));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal([Night(5), Night(4), Night(3), Night(2), Night(1)], seen);
        Assert.Equal(Night(5), (await host.ScheduleAsync()).LastFiring?.DueAt);
    }

    private Task<RegistryHost> StartAsync(Deployment deployment) => StartAsync(Nightly, deployment);

    private async Task<RegistryHost> StartAsync(ScheduleRequest? schedule = null, Deployment deployment = Deployment.Embedded)
    {
        var host = await RegistryHost.StartAsync(clock: _clock, settings: deployment == Deployment.Embedded ? null : new()
        {
            ["ConnectionStrings:registry"] = await (await servers.PostgresAsync()).CreateDatabaseAsync(RegistryHost.Token),
        });
        await host.PushCompletedAsync("chest", Films.Some(10));
        await host.AddAsync(schedule ?? Nightly);
        return host;
    }
}
