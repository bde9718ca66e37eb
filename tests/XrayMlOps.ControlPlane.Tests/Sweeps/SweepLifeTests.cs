using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.ControlPlane.Sweeps;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.Storage;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Sweeps;

public sealed class SweepLifeTests(SharedServers servers)
{
    private static CancellationToken Token => RegistryHost.Token;

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Halving_trains_the_best_on_from_their_checkpoints_and_keeps_those_of_the_first_three(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        var begun = await host.SweepAsync(SweepHost.Halving(8, parallel: 2));
        Assert.Equal([1, 2, 4], begun.RungEpochs);

        var sweep = await host.RunToItsEndAsync(begun.Id);

        Assert.Equal(Enumerable.Range(1, 8), sweep.Leaderboard.Select(row => row.Rank!.Value));
        Assert.Equal((1, 2, 4, 0.1), (sweep.Leaderboard[0].Trial, sweep.Leaderboard[0].Rung, sweep.Leaderboard[0].EpochsDone, sweep.Leaderboard[0].ValidationLoss));
        Assert.Equal(new SweepCounts(8, 0, 0, 0, 8, 0, 0), sweep.Counts);
        Assert.NotNull(sweep.EndedAt);
        var runs = await host.RunsAsync(sweep.Id);
        Assert.All(runs.Where(run => run.Rung > 0), run => Assert.Equal((run.Trial, run.Rung - 1), runs.Where(other => other.Id == run.Continues).Select(other => (other.Trial, other.Rung)).Single()));
        Assert.All(runs, run => Assert.Equal((1 << run.Rung!.Value, 4), (run.EpochsAsked, run.Recipe.Horizon)));
        Assert.Equal(sweep.Leaderboard.Take(3).Select(row => row.Run!.Value).Order(), runs.Where(run => run.Artifacts.Count > 0).Select(run => run.Id));
    }

    [Fact]
    public async Task Stopped_sweep_cancels_its_runs_and_resumed_takes_them_up_from_their_checkpoints()
    {
        await using var host = await RegistryHost.StartAsync();
        var sweep = await host.SweepAsync(SweepHost.Grid(5, parallel: 3));
        var runs = await host.RunsAsync(sweep.Id);
        await host.TrainAsync(runs[0], 0.4);
        await host.EndAsync(runs[0]);
        await host.TrainAsync(runs[1], 0.3, epochs: 2);

        var stopped = await host.PostAsync<object, SweepResponse>($"/api/sweeps/{sweep.Id}/stop", new { }, HttpStatusCode.Accepted);
        await host.AdvanceAsync(sweep.Id);

        Assert.Equal(SweepState.Stopped, stopped.State);
        Assert.NotNull(stopped.EndedAt);
        runs = await host.RunsAsync(sweep.Id);
        Assert.DoesNotContain(runs, run => run.State == RunState.Queued);
        Assert.True(runs[1].CancelRequested);
        await host.EndAsync(runs[1], RunState.Cancelled);
        var before = runs.Count;

        var resumed = await host.PostAsync<object, SweepResponse>($"/api/sweeps/{sweep.Id}/resume", new { }, HttpStatusCode.Accepted);

        Assert.Equal(SweepState.Running, resumed.State);
        Assert.Null(resumed.EndedAt);
        var taken = (await host.RunsAsync(sweep.Id)).Skip(before).ToArray();
        Assert.Equal(3, taken.Length);
        var fromCheckpoint = Assert.Single(taken, run => run.Trial == 2);
        Assert.Equal((runs[1].Id, 2, 4), (fromCheckpoint.Continues!.Value, fromCheckpoint.EpochsDone, fromCheckpoint.EpochsAsked));
        Assert.All(taken.Where(run => run.Trial != 2), run => Assert.Equal((null, 0), (run.Continues, run.EpochsDone)));
        Assert.Equal(new SweepCounts(5, 0, 0, 0, 5, 0, 0), (await host.RunToItsEndAsync(sweep.Id)).Counts);
    }

    [Fact]
    public async Task Trial_that_a_person_cancels_alone_is_given_up()
    {
        await using var host = await RegistryHost.StartAsync();
        var sweep = await host.SweepAsync(SweepHost.Grid(2));
        var run = (await host.RunsAsync(sweep.Id))[0];

        await host.PostAsync<object, RunResponse>($"/api/runs/{run.Id}/cancel", new { }, HttpStatusCode.Accepted);

        Assert.Equal(new SweepCounts(2, 0, 0, 0, 1, 0, 1), (await host.RunToItsEndAsync(sweep.Id)).Counts);
        Assert.Equal(2, (await host.RunsAsync(sweep.Id)).Count);
    }

    [Fact]
    public async Task Completed_or_running_sweep_is_not_resumed_and_a_completed_one_not_stopped()
    {
        await using var host = await RegistryHost.StartAsync();
        var sweep = await host.SweepAsync(SweepHost.Grid(1));
        await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.PostAsync($"/api/sweeps/{sweep.Id}/resume", new { }));
        await host.RunToItsEndAsync(sweep.Id);

        await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.PostAsync($"/api/sweeps/{sweep.Id}/resume", new { }));
        await RegistryHost.ProblemAsync(HttpStatusCode.Conflict, host.PostAsync($"/api/sweeps/{sweep.Id}/stop", new { }));
    }

    [Fact]
    public async Task Sweep_goes_on_by_itself_after_a_restart()
    {
        var data = Directory.CreateTempSubdirectory("xray-sweep-");
        try
        {
            var before = await RegistryHost.StartAsync(data.FullName);
            var sweep = await before.SweepAsync(SweepHost.Grid(3, parallel: 1));
            var first = (await before.RunsAsync(sweep.Id)).Single();
            await before.StopAsync();

            await using var after = await RegistryHost.StartAsync(data.FullName);
            await after.TrainAsync(first, 0.2);
            await after.EndAsync(first);

            while ((await after.RunsAsync(sweep.Id)).Count < 2) await Task.Delay(50, Token);
            Assert.Equal([1, 2], (await after.RunsAsync(sweep.Id)).Select(run => run.Trial!.Value));
            Assert.Equal((1, 1), ((await after.SweepAsync(sweep.Id)).Leaderboard[0].Rank, (await after.SweepAsync(sweep.Id)).Leaderboard[0].Trial));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Halving_without_a_checkpoint_trains_the_promoted_anew()
    {
        await using var host = await RegistryHost.StartAsync();
        var sweep = await host.SweepAsync(SweepHost.Halving(2, parallel: 2));
        foreach (var run in await host.RunsAsync(sweep.Id))
        {
            await host.TrainAsync(run, run.Trial!.Value);
            await host.EndAsync(run);
        }
        await host.WithRegistryAsync(registry => registry.RunArtifacts.ExecuteDeleteAsync(Token));

        await host.AdvanceAsync(sweep.Id);

        var promoted = Assert.Single(await host.RunsAsync(sweep.Id), run => run.Rung == 1);
        Assert.Equal((1, null, 0, 2, 4), (promoted.Trial!.Value, promoted.Continues, promoted.EpochsDone, promoted.EpochsAsked, promoted.Recipe.Horizon));
    }

    [Fact]
    public async Task Database_that_is_away_is_asked_again_later()
    {
        await using var host = await RegistryHost.StartAsync();
        await using var scope = host.Services.CreateAsyncScope();
        await using var nobody = new RegistryDatabase("Host=127.0.0.1;Port=9").CreateDbContext();

        Assert.Null(await Record.ExceptionAsync(() => ActivatorUtilities.CreateInstance<SweepAdvance>(scope.ServiceProvider, nobody).TryAdvanceAsync(1, Token)));
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Two_control_planes_ask_for_each_trial_once(Deployment deployment)
    {
        await using var one = await RegistryHost.StartAsync(deployment, servers);
        await using var other = await RegistryHost.StartAsync(one.Data, settings: SettingsOf(one));
        var sweep = await one.SweepAsync(SweepHost.Grid(30, parallel: 1));
        await one.WithRegistryAsync(registry => registry.Sweeps.Where(row => row.Id == sweep.Id).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Spec, SweepHost.Grid(30)), Token)); // now all at once

        await Task.WhenAll(Enumerable.Range(0, 8).Select(index => (index % 2 == 0 ? one : other).AdvanceAsync(sweep.Id)));

        Assert.Equal(Enumerable.Range(1, 30), (await one.RunsAsync(sweep.Id)).Select(run => run.Trial!.Value).Order());
    }

    private static Dictionary<string, string?> SettingsOf(RegistryHost host)
    {
        var configuration = host.Services.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>();
        return ((string[])["ConnectionStrings:registry", "ConnectionStrings:blobs"]).ToDictionary(key => key, key => configuration[key]);
    }
}
