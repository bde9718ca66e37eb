using System.Net;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.ControlPlane.Schedules;
using XrayMlOps.ControlPlane.Tests.Runs;
using XrayMlOps.Core;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;

namespace XrayMlOps.ControlPlane.Tests.Schedules;

public sealed class ScheduleTests
{
    private static readonly ScheduleRequest s_nightly = new("nightly", "30 3 * * *", "chest", RunEndpointsTests.Tiny, TimeZone: "UTC");

    [Fact]
    public async Task Schedule_survives_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("xray-schedule-");
        try
        {
            var before = await RegistryHost.StartAsync(data.FullName);
            await before.PushCompletedAsync("chest", Films.Some(10));
            var added = await before.PostAsync<ScheduleRequest, ScheduleResponse>("/api/schedules", s_nightly, HttpStatusCode.Created);
            await before.StopAsync();

            await using var after = await RegistryHost.StartAsync(data.FullName);

            var schedule = Assert.Single(await after.GetAsync<ScheduleResponse[]>("/api/schedules"));
            Assert.Equal(added, schedule);
            Assert.Equal((3, 30), (schedule.NextRunAt!.Value.Hour, schedule.NextRunAt.Value.Minute));
            Assert.Equal(["schedule:nightly"], RecurringJobs(after));
            using var removed = await after.Http.DeleteAsync("/api/schedules/nightly", RegistryHost.Token);
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
            Assert.Empty(RecurringJobs(after));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Schedule_asks_for_a_challenger_on_the_latest_version_unless_one_is_in_the_making()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.PushCompletedAsync("chest", Films.Some(10));
        await host.PostAsync<ScheduleRequest, ScheduleResponse>("/api/schedules", s_nightly, HttpStatusCode.Created);
        await host.PushCompletedAsync("chest", Films.Some(11));

        for (var i = 0; i < 2; i++)
        {
            await using var scope = host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<ScheduledTraining>().FireAsync("nightly", RegistryHost.Token);
        }

        var summary = Assert.Single((await host.GetAsync<Page<RunSummary>>("/api/runs")).Items);
        var run = await host.GetAsync<RunResponse>($"/api/runs/{summary.Id}");
        Assert.Equal(("chest@2", "nightly", ModelReference.DefaultName, "challenger"), (run.Dataset, run.Schedule, run.RegisterAs, run.Alias));
        Assert.Equal(run.Id, Assert.Single(await host.GetAsync<ScheduleResponse[]>("/api/schedules")).LastRunId);
    }

    [Fact]
    public async Task Schedule_of_the_same_name_is_replaced()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.PushCompletedAsync("chest", Films.Some(10));
        await host.PostAsync<ScheduleRequest, ScheduleResponse>("/api/schedules", s_nightly, HttpStatusCode.Created);

        await host.PostAsync<ScheduleRequest, ScheduleResponse>("/api/schedules", s_nightly with { Cron = "0 5 * * 0", TimeZone = "Europe/Zurich" }, HttpStatusCode.Created);

        var schedule = Assert.Single(await host.GetAsync<ScheduleResponse[]>("/api/schedules"));
        Assert.Equal(("0 5 * * 0", "Europe/Zurich"), (schedule.Cron, schedule.TimeZone));
    }

    [Fact]
    public async Task Schedule_that_makes_no_sense_is_told_all_that_is_wrong()
    {
        await using var host = await RegistryHost.StartAsync();

        var detail = await RegistryHost.ProblemAsync(HttpStatusCode.UnprocessableEntity, host.PostAsync(
            "/api/schedules", s_nightly with { Cron = "at three", TimeZone = "Mars/Olympus", Dataset = "nothing" }));

        Assert.All((string[])["at three", "Mars/Olympus", "nothing"], part => Assert.Contains(part, detail, StringComparison.Ordinal));
    }

    private static IEnumerable<string> RecurringJobs(RegistryHost host)
    {
        using var connection = host.Services.GetRequiredService<JobStorage>().GetConnection();
        return [.. connection.GetRecurringJobs().Select(job => job.Id)];
    }
}
