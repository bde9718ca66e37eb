using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Tests.Runs;

public sealed class RunWatchTests
{
    private const string Worker = "w";

    private static CancellationToken Token => RegistryHost.Token;

    [Fact]
    public async Task Events_tell_the_life_of_a_run_as_it_goes_on()
    {
        await using var host = await RegistryHost.StartAsync();
        var id = await QueueAsync(host);
        await using var events = await WatchAsync(host, id);

        Assert.Equal(new RunProgress(id, RunState.Queued, null, 0, 0, 3), await events.NextAsync<RunProgress>(RunEvents.Run));
        await ChangeAsync(host, registry => registry.TryClaimRunAsync(id, Worker, DateTimeOffset.UnixEpoch, TimeSpan.FromDays(99_999), Token));
        Assert.Equal(new RunProgress(id, RunState.Running, null, 1, 0, 3), await events.NextAsync<RunProgress>(RunEvents.Run));
        var step = new TrainerStep(1, 5, 10, 0.9, 40, 1e-3);
        await ChangeAsync(host, registry => registry.BeatAsync(id, Worker, DateTimeOffset.MaxValue, step, Token));
        // 10 steps of 8 films at 40 a second are 2 s an epoch, and half of the first of 3 is done.
        Assert.Equal(new StepProgress(step, 5), await events.NextAsync<StepProgress>(RunEvents.Step));
        await ChangeAsync(host, registry => AddEpochsAsync(registry, id, 1));
        Assert.Equal(Epoch(1), await events.NextAsync<EpochMetrics>(RunEvents.Epoch));
        Assert.Equal("1", events.Last.EventId);
        await ChangeAsync(host, async registry =>
        {
            await AddEpochsAsync(registry, id, 2, 3);
            return await registry.EndRunAsync(id, Worker, RunState.Failed, "it broke", DateTimeOffset.UnixEpoch, Token);
        });
        List<string> last = [];
        while (await events.MoveNextAsync()) last.Add($"{events.Last.EventType} {events.Last.EventId}");

        Assert.Equal(["epoch 2", "epoch 3"], last.Where(line => line.StartsWith("epoch", StringComparison.Ordinal)));
        Assert.Contains("run ", last);
        Assert.Equal("end ", last[^1]);
        Assert.Equal((RunState.Failed, "it broke", 3), events.Data<RunProgress>() is var end ? (end.State, end.Reason, end.EpochsDone) : default);
    }

    [Fact]
    public async Task Events_go_on_after_the_last_that_was_heard()
    {
        await using var host = await RegistryHost.StartAsync();
        var id = await QueueAsync(host);
        await ChangeAsync(host, async registry =>
        {
            await AddEpochsAsync(registry, id, 1, 2, 3);
            return await registry.CancelRunAsync(id, DateTimeOffset.UnixEpoch, Token);
        });

        await using var events = await WatchAsync(host, id, lastEventId: "2");

        await events.NextAsync<RunProgress>(RunEvents.Run);
        Assert.Equal(3, (await events.NextAsync<EpochMetrics>(RunEvents.Epoch)).Epoch);
        await events.NextAsync<RunProgress>(RunEvents.End);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Epochs_that_are_trained_again_are_told_again()
    {
        await using var host = await RegistryHost.StartAsync();
        var id = await QueueAsync(host);
        await ChangeAsync(host, registry => AddEpochsAsync(registry, id, 1, 2, 3));
        await using var events = await WatchAsync(host, id);
        await events.NextAsync<RunProgress>(RunEvents.Run);
        for (var epoch = 1; epoch <= 3; epoch++) await events.NextAsync<EpochMetrics>(RunEvents.Epoch);

        await ChangeAsync(host, async registry =>
        {
            await registry.RunEpochs.Where(epoch => epoch.RunId == id && epoch.Epoch >= 2).ExecuteDeleteAsync(Token);
            return await AddEpochsAsync(registry, id, 2);
        });

        Assert.Equal(2, (await events.NextAsync<EpochMetrics>(RunEvents.Epoch)).Epoch);
    }

    [Fact]
    public async Task Host_that_stops_lets_its_listeners_go_without_an_end()
    {
        await using var host = await RegistryHost.StartAsync();
        await using var events = await WatchAsync(host, await QueueAsync(host));
        await events.NextAsync<RunProgress>(RunEvents.Run);

        var stopping = host.StopListeningAsync();

        Assert.False(await events.MoveNextAsync());
        await stopping;
    }

    [Fact]
    public async Task Events_of_no_run_or_from_no_place_are_refused()
    {
        await using var host = await RegistryHost.StartAsync();
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync("/api/runs/4711/events", Token));
        await RegistryHost.ProblemAsync(HttpStatusCode.NotFound, host.Http.GetAsync("/api/runs/4711/log", Token));
        var id = await QueueAsync(host);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{id}/events") { Headers = { { "Last-Event-ID", "x" } } };
        Assert.Contains("'x'", await RegistryHost.ProblemAsync(HttpStatusCode.BadRequest, host.Http.SendAsync(request, Token)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_is_what_ended_attempts_left_and_what_the_running_one_says()
    {
        await using var host = await RegistryHost.StartAsync();
        var id = await QueueAsync(host);
        await KeepLogAsync(host, id, "first attempt\n");
        await SayAsync(host, id, "second ", "begins\n");
        Assert.Equal("first attempt\nsecond begins\n", await host.Http.GetStringAsync($"/api/runs/{id}/log", Token));
        Assert.Equal("begins\n", await host.Http.GetStringAsync($"/api/runs/{id}/log?skip=21", Token));

        await using var stream = await host.Http.GetStreamAsync($"/api/runs/{id}/log?follow=true", Token);
        using var lines = new StreamReader(stream);
        Assert.Equal("first attempt", await lines.ReadLineAsync(Token));
        Assert.Equal("second begins", await lines.ReadLineAsync(Token));
        await SayAsync(host, id, "ünd goes on\n");
        Assert.Equal("ünd goes on", await lines.ReadLineAsync(Token));
        // The attempt ends: the whole log takes the place of what was said so far.
        await KeepLogAsync(host, id, "first attempt\nsecond begins\nünd goes on\nand ends\n");
        Assert.Equal("and ends", await lines.ReadLineAsync(Token));
        await ChangeAsync(host, registry => registry.CancelRunAsync(id, DateTimeOffset.UnixEpoch, Token));
        Assert.Null(await lines.ReadLineAsync(Token));
    }

    private static async Task<int> QueueAsync(RegistryHost host)
    {
        await host.PushCompletedAsync("chest", Films.Some(10));
        return (await host.PostAsync<TrainRequest, RunResponse>("/api/runs", new TrainRequest("chest", RunEndpointsTests.Tiny), HttpStatusCode.Created)).Id;
    }

    private static EpochMetrics Epoch(int epoch) => new(epoch, 1.0 / epoch, 0.5, 2.0 / epoch, 0.4, 1e-3, 40, 2);

    private static async Task<bool> AddEpochsAsync(RegistryDbContext registry, int id, params int[] epochs)
    {
        registry.RunEpochs.AddRange(epochs.Select(epoch => RunEpoch.Of(id, Epoch(epoch))));
        return await registry.SaveChangesAsync(Token) == epochs.Length;
    }

    private static Task<T> ChangeAsync<T>(RegistryHost host, Func<RegistryDbContext, Task<T>> change) => host.WithRegistryAsync(change);

    private static Task SayAsync(RegistryHost host, int id, params string[] pieces) => host.WithRegistryAsync(registry =>
    {
        registry.RunLog.AddRange(pieces.Select(text => new RunLogPiece { RunId = id, Text = text }));
        return registry.SaveChangesAsync(Token);
    });

    private static async Task KeepLogAsync(RegistryHost host, int id, string log)
    {
        var digest = await host.Blobs.PutAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(log)), null, Token);
        await host.WithRegistryAsync(async registry =>
        {
            await using var transaction = await registry.BeginAloneAsync(Token);
            await registry.RunArtifacts.Where(artifact => artifact.RunId == id).ExecuteDeleteAsync(Token);
            await registry.RunLog.Where(piece => piece.RunId == id).ExecuteDeleteAsync(Token);
            registry.RunArtifacts.Add(new RunArtifact { RunId = id, Name = TrainingOutputs.Log, Digest = digest, Bytes = log.Length });
            await registry.SaveChangesAsync(Token);
            await transaction.CommitAsync(Token);
            return true;
        });
    }

    private static async Task<Events> WatchAsync(RegistryHost host, int id, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{id}/events");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal("text/event-stream", response.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
        return new Events(SseParser.Create(await response.Content.ReadAsStreamAsync(Token)).EnumerateAsync(Token).GetAsyncEnumerator(Token));
    }

    /// <summary>A stream of events, read one by one; heartbeats are passed over.</summary>
    private sealed class Events(IAsyncEnumerator<SseItem<string>> events) : IAsyncDisposable
    {
        public SseItem<string> Last { get; private set; }

        public async Task<bool> MoveNextAsync()
        {
            do
            {
                if (!await events.MoveNextAsync()) return false;
            }
            while (events.Current.EventType == RunEvents.Heartbeat);
            Last = events.Current;
            return true;
        }

        public async Task<T> NextAsync<T>(string type)
        {
            Assert.True(await MoveNextAsync());
            Assert.Equal(type, Last.EventType);
            return Data<T>();
        }

        public T Data<T>() => JsonSerializer.Deserialize<T>(Last.Data, XrayJson.Compact)!;

        public ValueTask DisposeAsync() => events.DisposeAsync();
    }
}
