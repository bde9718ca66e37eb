using System.Net;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Storage.Schedules;
using XrayMlOps.Testing.Servers;
using static XrayMlOps.ControlPlane.Tests.Schedules.Firing;

namespace XrayMlOps.ControlPlane.Tests.Schedules;

public sealed class FiringTests(SharedServers servers)
{
    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Due_time_that_two_control_planes_see_at_once_fires_once(Deployment deployment)
    {
        var clock = Clock();
        var data = Directory.CreateTempSubdirectory("xray-schedules-");
        try
        {
            Dictionary<string, string?> registry = new()
            {
                ["ConnectionStrings:registry"] = deployment == Deployment.Cloud
                    ? await (await servers.PostgresAsync()).CreateDatabaseAsync(RegistryHost.Token)
                    : $"Data Source={Path.Combine(data.FullName, "registry.db")}",
            };
            await using var first = await RegistryHost.StartAsync(settings: registry, clock: clock);
            await using var second = await RegistryHost.StartAsync(settings: registry, clock: clock);
            await first.PushCompletedAsync("chest", Films.Some(10));
            await first.AddAsync(Nightly with { OnlyNewData = false });

            for (var night = 1; night <= 5; night++)
            {
                clock.Set(Night(night));
                await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(() => (caller % 2 == 0 ? first : second).FireAsync())));
                await first.EndAsync((await second.LastFiringAsync()).RunId, RunState.Succeeded);
            }

            var firings = await second.FiringsAsync();
            Assert.Equal([Night(5), Night(4), Night(3), Night(2), Night(1)], firings.Select(firing => firing.DueAt));
            Assert.All(firings, firing => Assert.Equal(FiringOutcome.Started, firing.Outcome));
            Assert.Equal(firings.Select(firing => firing.RunId), (await first.RunsAsync()).Select(run => (int?)run.Id));
            // Those on one PostgreSQL server see the same jobs, those on one file each their own.
            Assert.Equal(5, deployment == Deployment.Cloud ? first.Jobs() : first.Jobs() + second.Jobs());
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Data_that_was_trained_on_asks_for_no_run_until_there_is_a_new_version(Deployment deployment)
    {
        var clock = Clock();
        await using var host = await StartAsync(deployment, clock);

        var first = await NextAsync(1);
        await host.EndAsync(first.RunId, RunState.Succeeded);
        var second = await NextAsync(2);
        await host.PushCompletedAsync("chest", Films.Some(11));
        var third = await NextAsync(3);

        Assert.Equal((FiringOutcome.Started, "on chest@1"), (first.Outcome, first.Detail));
        Assert.Equal((FiringOutcome.NoNewData, null), (second.Outcome, second.RunId));
        Assert.Contains("chest@1", second.Detail, StringComparison.Ordinal);
        Assert.Equal((FiringOutcome.Started, "on chest@2"), (third.Outcome, third.Detail));
        Assert.Equal([third.RunId!.Value, first.RunId!.Value], (await host.RunsAsync()).Select(run => run.Id));

        async Task<FiringResponse> NextAsync(int night)
        {
            clock.Set(Night(night));
            await host.FireAsync();
            return await host.LastFiringAsync();
        }
    }

    [Theory]
    [InlineData(RunState.Failed)]
    [InlineData(RunState.Cancelled)]
    public async Task Run_that_did_not_succeed_is_asked_for_again_on_the_same_data(RunState end)
    {
        var clock = Clock();
        await using var host = await StartAsync(Deployment.Embedded, clock);
        clock.Set(Night(1));
        await host.FireAsync();
        await host.EndAsync((await host.LastFiringAsync()).RunId, end);

        clock.Set(Night(2));
        await host.FireAsync();

        Assert.Equal((FiringOutcome.Started, 2), ((await host.LastFiringAsync()).Outcome, (await host.RunsAsync()).Count));
    }

    [Fact]
    public async Task Run_that_has_not_ended_keeps_the_next_from_starting_and_is_named()
    {
        var clock = Clock();
        await using var host = await StartAsync(Deployment.Embedded, clock);
        clock.Set(Night(1));
        await host.FireAsync();
        await host.PushCompletedAsync("chest", Films.Some(11));

        clock.Set(Night(2));
        await host.FireAsync();

        Assert.Equal([FiringOutcome.StillRunning, FiringOutcome.Started], (await host.FiringsAsync()).Select(firing => firing.Outcome));
        Assert.Contains($"run {Assert.Single(await host.RunsAsync()).Id} ", (await host.LastFiringAsync()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firing_on_a_dataset_that_is_gone_is_refused_and_says_why()
    {
        var clock = Clock();
        await using var host = await StartAsync(Deployment.Embedded, clock);
        await host.WithRegistryAsync(registry => registry.DatasetVersions.ExecuteUpdateAsync(
            set => set.SetProperty(version => version.DeletedAt, Night(0)), RegistryHost.Token));

        clock.Set(Night(1));
        await host.FireAsync();

        var firing = Assert.Single(await host.FiringsAsync());
        Assert.Equal(FiringOutcome.Refused, firing.Outcome);
        Assert.Contains("chest", firing.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firing_that_cannot_be_written_asks_for_no_run_and_fires_once_it_can()
    {
        var clock = Clock();
        await using var host = await StartAsync(Deployment.Embedded, clock);
        await host.WithRegistryAsync(registry => registry.Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER full BEFORE INSERT ON ScheduleFirings BEGIN SELECT RAISE(ABORT, 'disk full'); END", RegistryHost.Token));
        clock.Set(Night(1));

        await Assert.ThrowsAsync<DbUpdateException>(host.FireAsync);

        Assert.Empty(await host.RunsAsync());
        Assert.Equal(0, host.Jobs());
        await host.WithRegistryAsync(registry => registry.Database.ExecuteSqlRawAsync("DROP TRIGGER full", RegistryHost.Token));
        await host.FireAsync();
        await host.FireAsync();
        Assert.Equal(Assert.Single(await host.RunsAsync()).Id, Assert.Single(await host.FiringsAsync()).RunId);
        Assert.Equal(1, host.Jobs());
    }

    [Fact]
    public async Task Due_time_that_another_clock_accounted_for_does_not_fire_again()
    {
        var clock = Clock();
        await using var host = await StartAsync(Deployment.Embedded, clock);
        await host.WithRegistryAsync(registry =>
        {
            registry.ScheduleFirings.Add(new ScheduleFiring { ScheduleName = "nightly", DueAt = Night(1), FiredAt = Night(1), Outcome = FiringOutcome.NoNewData });
            return registry.SaveChangesAsync(RegistryHost.Token);
        });

        clock.Set(Night(1));
        await host.FireAsync();

        Assert.Equal(FiringOutcome.NoNewData, Assert.Single(await host.FiringsAsync()).Outcome);
        Assert.Empty(await host.RunsAsync());
    }

    [Theory]
    [InlineData(ScheduledResult.Keep, null, null)]
    [InlineData(ScheduledResult.Register, "lungs", null)]
    [InlineData(ScheduledResult.Challenger, "lungs", "challenger")]
    public async Task Result_of_a_run_is_kept_registered_or_made_the_challenger(ScheduledResult result, string? registerAs, string? alias)
    {
        var clock = Clock();
        await using var host = await StartAsync(Deployment.Embedded, clock, Nightly with { Result = result, Model = "lungs", Need = ComputeNeed.Cpu });
        clock.Set(Night(1));
        await host.FireAsync();

        var run = await host.GetAsync<RunResponse>($"/api/runs/{(await host.ScheduleAsync()).LastRunId}");

        Assert.Equal((registerAs, alias, "nightly", "chest@1", ComputeNeed.Cpu), (run.RegisterAs, run.Alias, run.Schedule, run.Dataset, run.Need));
    }

    [Fact]
    public async Task Firing_by_hand_trains_on_the_same_data_and_leaves_the_clock_alone()
    {
        var clock = Clock();
        await using var host = await StartAsync(Deployment.Embedded, clock);
        clock.Set(Night(1));
        await host.FireAsync();
        await host.EndAsync((await host.LastFiringAsync()).RunId, RunState.Succeeded);
        clock.Set(Night(1).AddHours(7));

        var byHand = await ByHandAsync();
        var again = await ByHandAsync();

        Assert.Equal((FiringOutcome.Started, Night(1).AddHours(7)), (byHand.Outcome, byHand.DueAt));
        Assert.Equal(FiringOutcome.StillRunning, again.Outcome);
        Assert.Equal(Night(2), (await host.ScheduleAsync()).NextRunAt);
        Assert.Equal([again, byHand], (await host.FiringsAsync()).Take(2));

        Task<FiringResponse> ByHandAsync() => host.PostAsync<object, FiringResponse>("/api/schedules/nightly/fire", new { }, HttpStatusCode.OK);
    }

    private async Task<RegistryHost> StartAsync(Deployment deployment, TimeProvider clock, ScheduleRequest? schedule = null)
    {
        var host = await RegistryHost.StartAsync(clock: clock, settings: deployment == Deployment.Embedded ? null : new()
        {
            ["ConnectionStrings:registry"] = await (await servers.PostgresAsync()).CreateDatabaseAsync(RegistryHost.Token),
        });
        await host.PushCompletedAsync("chest", Films.Some(10));
        await host.AddAsync(schedule ?? Nightly);
        return host;
    }
}
