using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Schedules;
using static XrayMlOps.ControlPlane.Tests.Schedules.Firing;

namespace XrayMlOps.ControlPlane.Tests.Schedules;

public sealed class MissedFiringTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("xray-missed-").FullName;
    private readonly StoppedClock _clock = Clock();

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Due_times_missed_while_the_platform_was_down_fire_once_at_its_start()
    {
        await using var host = await RestartAsync(MissedFirings.RunOnce, Night(3).AddHours(6));

        await host.FireAsync();

        var firing = Assert.Single(await host.FiringsAsync());
        Assert.Equal((FiringOutcome.Started, Night(3), Night(3).AddHours(6)), (firing.Outcome, firing.DueAt, firing.FiredAt));
        Assert.Contains("3 due times were missed", firing.Detail, StringComparison.Ordinal);
        Assert.Single(await host.RunsAsync());
    }

    [Fact]
    public async Task Due_times_missed_by_a_schedule_that_skips_are_noted_and_the_next_fires()
    {
        await using var host = await RestartAsync(MissedFirings.Skip, Night(3).AddHours(6));
        Assert.Empty(await host.RunsAsync());

        _clock.Set(Night(4));
        await host.FireAsync();

        var (next, missed) = await host.FiringsAsync() is [var last, var first] ? (last, first) : throw new InvalidOperationException("there are not two");
        Assert.Equal((FiringOutcome.Missed, Night(3)), (missed.Outcome, missed.DueAt));
        Assert.Contains("3 due times were missed", missed.Detail, StringComparison.Ordinal);
        Assert.Equal((FiringOutcome.Started, Night(4), "on chest@1"), (next.Outcome, next.DueAt, next.Detail));
    }

    [Fact]
    public async Task Due_time_that_is_late_fires_though_those_before_it_are_skipped()
    {
        await using var host = await RestartAsync(MissedFirings.Skip, Night(3).AddSeconds(90));

        Assert.Equal([(Night(3), FiringOutcome.Started), (Night(2), FiringOutcome.Missed)], (await host.FiringsAsync()).Select(firing => (firing.DueAt, firing.Outcome)));
        Assert.Contains("2 due times were missed", (await host.FiringsAsync())[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firing_that_could_not_be_accounted_for_before_is_made_up_for_by_the_next()
    {
        await using var host = await RestartAsync(MissedFirings.RunOnce, Night(1));
        await host.EndAsync((await host.LastFiringAsync()).RunId, RunState.Failed);

        _clock.Set(Night(3));
        await host.FireAsync();

        var last = await host.LastFiringAsync();
        Assert.Equal((FiringOutcome.Started, Night(3)), (last.Outcome, last.DueAt));
        Assert.Contains("1 due time was missed", last.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schedule_that_was_paused_or_had_ended_while_the_platform_was_down_missed_nothing()
    {
        await using (var before = await StartAsync(MissedFirings.RunOnce)) await before.ChangeAsync(new ScheduleChange(Paused: true));
        _clock.Set(Night(3));
        await using (var paused = await RegistryHost.StartAsync(_data, clock: _clock))
        {
            Assert.Empty(await paused.FiringsAsync());
            await paused.ChangeAsync(new ScheduleChange(Paused: false, EndsAt: Night(4)));
        }
        _clock.Set(Night(9));

        await using var ended = await RegistryHost.StartAsync(_data, clock: _clock);

        var firing = Assert.Single(await ended.FiringsAsync());
        Assert.Equal(Night(4), firing.DueAt);
        Assert.Contains("1 due time was missed", firing.Detail, StringComparison.Ordinal);
        Assert.Empty(ended.RecurringJobs());
    }

    /// <summary>A host that is started at <paramref name="now"/>, where one that had a schedule of that policy went down at the clock's start.</summary>
    private async Task<RegistryHost> RestartAsync(MissedFirings policy, DateTimeOffset now)
    {
        await (await StartAsync(policy)).StopAsync();
        _clock.Set(now);
        return await RegistryHost.StartAsync(_data, clock: _clock);
    }

    private async Task<RegistryHost> StartAsync(MissedFirings policy)
    {
        var host = await RegistryHost.StartAsync(_data, clock: _clock);
        await host.PushCompletedAsync("chest", Films.Some(10));
        await host.AddAsync(Nightly with { Missed = policy });
        return host;
    }
}
