using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Core.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Platform.Tests;

/// <summary>The whole loop, from films to feedback, through processes of which each kind dies once.</summary>
public sealed class PlatformLoopTests
{
    private const string Model = ModelReference.DefaultName;
    private const int Epochs = 8, Predictions = 60;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Loop_goes_on_over_the_death_of_each_service_and_loses_nothing()
    {
        await using var platform = await Platform.StartAsync(Cancellation);
        await PushAsync(platform);
        var runs = await TrainAsync(platform);
        await PromoteAsync(platform, runs);
        await PredictAsync(platform);

        foreach (var host in platform.Hosts)
        {
            using var health = await platform.Http.GetAsync(new Uri(host.Address, "/health"), Cancellation);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
    }

    /// <summary>The control plane dies while it takes films.</summary>
    private static async Task PushAsync(Platform platform)
    {
        var (films, first) = (platform.PathOf("films"), platform.ControlPlanes[0]);
        await platform.TryXrayAsync(first, "phantoms", films, "--films", "40");
        var push = platform.TryXrayAsync(first, "dataset", "push", films, "--name", "phantoms");
        await Task.Delay(TimeSpan.FromSeconds(1.5), Cancellation);
        await first.KillAsync();
        await push; // it fails, or its films had all arrived
        await first.StartAsync();

        await platform.XrayAsync(first, "dataset", "push", films, "--name", "phantoms");

        Assert.Equal(120, (await platform.GetAsync<DatasetVersionResponse>(platform.ControlPlanes[1], "/api/datasets/phantoms@1", Cancellation)).Images);
    }

    /// <summary>A worker, the database and the blob store die while two runs are under way.</summary>
    private static async Task<IReadOnlyList<RunResponse>> TrainAsync(Platform platform)
    {
        var second = platform.ControlPlanes[1];
        string[] train = ["train", "--dataset", "phantoms@1", "--arch", "phantom_net", "--epochs", $"{Epochs}", "--threads", "1", "--register", Model];
        int[] ids = [await TrainAsync("1"), await TrainAsync("2")];

        await UntilAsync("both runs have trained an epoch", async () => (await RunsAsync()).TrueForAll(run => run.Epochs.Count > 0));
        await platform.Workers[0].KillAsync();
        await platform.Postgres.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        await platform.Postgres.RestartAsync(Cancellation);
        await platform.Workers[0].StartAsync();
        await platform.Azurite.StopAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        await platform.Azurite.RestartAsync(Cancellation);

        await UntilAsync("both runs have ended", async () => (await RunsAsync()).TrueForAll(run => run.State.IsEnd()));
        var runs = await RunsAsync();
        foreach (var run in runs)
        {
            Assert.True(run.State == RunState.Succeeded, $"run {run.Id} is {run.State}: {run.Reason}");
            Assert.Equal(Enumerable.Range(1, Epochs), run.Epochs.Select(epoch => epoch.Epoch));
        }
        Assert.Contains(runs, run => run.Attempt > 1);
        return runs;

        async Task<int> TrainAsync(string seed) => (await platform.XrayAsync(second, [.. train, "--seed", seed])).GetProperty("id").GetInt32();

        async Task<List<RunResponse>> RunsAsync() => [.. await Task.WhenAll(ids.Select(id => platform.GetAsync<RunResponse>(second, $"/api/runs/{id}", Cancellation)))];
    }

    private static async Task PromoteAsync(Platform platform, IReadOnlyList<RunResponse> runs)
    {
        for (var version = 1; version <= runs.Count; version++) await platform.XrayAsync(platform.ControlPlanes[0], "models", "promote", $"{Model}:{version}");
        foreach (var host in platform.InferenceHosts)
        {
            await UntilAsync("the champion is served", async () =>
            {
                using var answer = await platform.Http.GetAsync(new Uri(host.Address, "/v1/model"), Cancellation);
                return answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<ServedModel>(XrayJson.Compact, Cancellation))!.Version == runs.Count;
            });
        }
    }

    /// <summary>An inference host dies while callers ask; each goes to the other one, as behind a load balancer.</summary>
    private static async Task PredictAsync(Platform platform)
    {
        string[] films = [.. Directory.EnumerateFiles(platform.PathOf("films"), "*.jpeg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        HashSet<Guid> answered = [];
        for (var number = 0; number < Predictions; number++)
        {
            if (number == Predictions / 2) await platform.InferenceHosts[0].KillAsync();
            if (number == Predictions * 3 / 4) await platform.InferenceHosts[0].StartAsync();
            var (film, host) = (films[number % films.Length], number % 2);
            Assert.True(answered.Add(await AskAsync(platform.InferenceHosts[host], film) ?? await AskAsync(platform.InferenceHosts[1 - host], film) ?? Guid.Empty));
        }
        Assert.DoesNotContain(Guid.Empty, answered);

        await UntilAsync("every answer is in the log", async () =>
            answered.IsSubsetOf((await platform.GetAsync<Page<PredictionRecord>>(platform.ControlPlanes[1], "/api/predictions?limit=200", Cancellation)).Items.Select(record => record.Id)));
        var feedback = await platform.XrayAsync(platform.InferenceHosts[0], "feedback", $"{answered.First()}", "normal");
        Assert.Equal("normal", feedback.GetProperty("label").GetString());

        // Null: it is not there.
        async Task<Guid?> AskAsync(HostProcess host, string film)
        {
            try
            {
                ByteArrayContent content = new(await File.ReadAllBytesAsync(film, Cancellation)) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
                using var answer = await platform.Http.PostAsync(new Uri(host.Address, "/v1/predict"), content, Cancellation);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                return (await answer.Content.ReadFromJsonAsync<PredictionResponse>(XrayJson.Compact, Cancellation))!.Id;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    /// <summary>Waits for something that must come; what does not answer meanwhile is asked again.</summary>
    private static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(s_patience);
        while (!await HoldsAsync())
        {
            Assert.False(limit.IsCancellationRequested, $"never came true: {what}");
            await Task.Delay(200, Cancellation);
        }

        async Task<bool> HoldsAsync()
        {
            try
            {
                return await holds();
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
