using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Runs;

public abstract class RunTransitionsTests
{
    private static readonly DateTimeOffset s_now = TemporaryRegistry.Start;
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<TemporaryRegistry> CreateRegistryAsync();

    [Fact]
    public async Task Claim_by_many_workers_at_once_is_won_by_one()
    {
        await using var registry = await CreateRegistryAsync();
        var run = await registry.AddRunAsync();

        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            await using var context = registry.Open();
            return await context.TryClaimRunAsync(run, $"w{worker}", s_now, s_lease, Token);
        })));

        var winner = Assert.Single(won.Index(), claim => claim.Item).Index;
        var claimed = await registry.RunAsync(run);
        Assert.Equal((RunState.Running, $"w{winner}", 1), (claimed.State, claimed.Worker, claimed.Attempt));
        Assert.Equal(s_now + s_lease, claimed.LeaseExpiresAt);
    }

    [Fact]
    public async Task Run_that_ends_and_is_requeued_at_once_does_one_of_them()
    {
        await using var registry = await CreateRegistryAsync();
        for (var i = 0; i < 20; i++)
        {
            var run = await ClaimAsync(registry);
            var ended = Task.Run(async () =>
            {
                await using var context = registry.Open();
                return await context.EndRunAsync(run, "w", RunState.Succeeded, null, s_now, Token);
            });
            var requeued = Task.Run(async () =>
            {
                await using var context = registry.Open();
                return await context.RequeueRunAsync(run, "w", "lost", fault: true, Token);
            });

            Assert.True(await ended ^ await requeued);
            Assert.Equal(await ended ? RunState.Succeeded : RunState.Queued, (await registry.RunAsync(run)).State);
        }
    }

    [Fact]
    public async Task Heartbeat_of_a_worker_that_lost_the_run_changes_nothing()
    {
        await using var registry = await CreateRegistryAsync();
        var run = await ClaimAsync(registry);
        await using var context = registry.Open();
        Assert.Equal(Heartbeat.Held, await context.BeatAsync(run, "w", s_now + 2 * s_lease, new TrainerStep(1, 2, 3, 0.5, 40), Token));
        Assert.Equal(2, (await registry.RunAsync(run)).Step?.Step);
        Assert.Equal(1, await context.ReleaseExpiredRunsAsync(3, s_now + 3 * s_lease, Token));
        Assert.True(await context.TryClaimRunAsync(run, "other", s_now + 3 * s_lease, s_lease, Token));

        Assert.Equal(Heartbeat.Lost, await context.BeatAsync(run, "w", s_now + 9 * s_lease, null, Token));
        Assert.False(await context.EndRunAsync(run, "w", RunState.Succeeded, null, s_now, Token));

        var held = await registry.RunAsync(run);
        Assert.Equal((RunState.Running, "other", s_now + 4 * s_lease), (held.State, held.Worker, held.LeaseExpiresAt));
    }

    [Fact]
    public async Task Lease_that_has_not_run_out_is_left_alone()
    {
        await using var registry = await CreateRegistryAsync();
        var run = await ClaimAsync(registry);
        await using var context = registry.Open();

        Assert.Equal(0, await context.ReleaseExpiredRunsAsync(3, s_now + s_lease, Token));

        Assert.Equal(RunState.Running, (await registry.RunAsync(run)).State);
    }

    [Fact]
    public async Task Run_that_is_lost_too_often_fails_and_says_why()
    {
        await using var registry = await CreateRegistryAsync();
        var run = await registry.AddRunAsync();
        await using var context = registry.Open();
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.True(await context.TryClaimRunAsync(run, $"w{attempt}", s_now, s_lease, Token));
            Assert.Equal(1, await context.ReleaseExpiredRunsAsync(3, s_now + 2 * s_lease, Token));
        }

        var failed = await registry.RunAsync(run);
        Assert.Equal((RunState.Failed, 3, 3), (failed.State, failed.Attempt, failed.Faults));
        Assert.StartsWith("its worker was lost", failed.Reason, StringComparison.Ordinal);
        Assert.NotNull(failed.EndedAt);
    }

    [Fact]
    public async Task Worker_that_stops_in_good_order_costs_no_fault()
    {
        await using var registry = await CreateRegistryAsync();
        var run = await ClaimAsync(registry);
        await using var context = registry.Open();

        Assert.True(await context.RequeueRunAsync(run, "w", "shut down", fault: false, Token));

        var queued = await registry.RunAsync(run);
        Assert.Equal((RunState.Queued, 0, "shut down"), (queued.State, queued.Faults, queued.Reason));
        Assert.Null(queued.LeaseExpiresAt);
    }

    [Fact]
    public async Task Cancel_ends_a_queued_run_and_asks_the_worker_of_a_running_one()
    {
        await using var registry = await CreateRegistryAsync();
        var queued = await registry.AddRunAsync();
        var running = await ClaimAsync(registry);
        await using var context = registry.Open();

        Assert.True(await context.CancelRunAsync(queued, s_now, Token));
        Assert.True(await context.CancelRunAsync(running, s_now, Token));
        Assert.False(await context.CancelRunAsync(queued, s_now, Token));
        Assert.False(await context.CancelRunAsync(404, s_now, Token));

        Assert.Equal(RunState.Cancelled, (await registry.RunAsync(queued)).State);
        Assert.Equal(Heartbeat.CancelRequested, await context.BeatAsync(running, "w", s_now, null, Token));
    }

    [Fact]
    public async Task Moves_that_the_state_machine_forbids_are_refused()
    {
        await using var registry = await CreateRegistryAsync();
        var run = await ClaimAsync(registry);
        await using var context = registry.Open();

        await Assert.ThrowsAsync<InvalidOperationException>(() => context.EndRunAsync(run, "w", RunState.Running, null, s_now, Token));
    }

    [Fact]
    public async Task Run_reads_back_as_it_was_asked_for()
    {
        await using var registry = await CreateRegistryAsync();
        var run = await ClaimAsync(registry);
        await using var context = registry.Open();
        await context.Runs.Where(row => row.Id == run).ExecuteUpdateAsync(set => set.SetProperty(row => row.Evaluation, TemporaryRegistry.Evaluation), Token);

        var response = await context.FindRunResponseAsync(run, Token);

        Assert.NotNull(response);
        Assert.Equal(("chest@1", "tiny", 2), (response.Dataset, response.Architecture, response.Recipe.Epochs));
        Assert.Equal(1.5, response.Evaluation?.Temperature);
        Assert.Equal(TemporaryRegistry.Start, response.CreatedAt);
    }

    private static async Task<int> ClaimAsync(TemporaryRegistry registry)
    {
        var run = await registry.AddRunAsync();
        await using var context = registry.Open();
        Assert.True(await context.TryClaimRunAsync(run, "w", s_now, s_lease, Token));
        return run;
    }
}

public sealed class RunTransitionsOnSqliteTests : RunTransitionsTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnSqliteAsync();
}

public sealed class RunTransitionsOnPostgresTests(SharedServers servers) : RunTransitionsTests
{
    protected override Task<TemporaryRegistry> CreateRegistryAsync() => TemporaryRegistry.OnPostgresAsync(servers);
}
