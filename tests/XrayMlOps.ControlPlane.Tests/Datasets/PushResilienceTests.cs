using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.ControlPlane.Datasets;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.ControlPlane.Tests.Datasets;

public sealed class PushResilienceTests(SharedServers servers)
{
    private static CancellationToken Token => RegistryHost.Token;

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Pushes_into_one_dataset_at_once_lose_nothing(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        var (left, right) = (Films.Some(10), Films.Some(10, seed: 100));

        var versions = await Task.WhenAll(host.PushCompletedAsync("chest", left), host.PushCompletedAsync("chest", right));

        Assert.Equal([1, 2], versions.Select(push => push.Version.Number).Order());
        Assert.All(versions, push => Assert.True(push.Created));
        await host.ForgetPinsAsync();
        Assert.Equal(0, (await host.CollectAsync()).Blobs);
        Assert.Empty(await host.MissingAsync(left.Values.Concat(right.Values).Select(film => Digest.Of(film)), verify: true));
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Push_beside_collections_loses_nothing(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        using var over = new CancellationTokenSource();
        var collections = Task.Run(async () =>
        {
            var done = 0;
            for (; !over.IsCancellationRequested; done++) await host.CollectAsync();
            return done;
        }, Token);

        Dictionary<string, byte[]> films = [];
        for (var push = 0; push < 3; push++)
        {
            foreach (var (file, film) in Films.Some(10, seed: 100 * push)) films[file] = film;
            Assert.Equal(push + 1, (await host.PushCompletedAsync("chest", films)).Version.Number);
        }
        await over.CancelAsync();

        Assert.True(await collections > 0);
        Assert.Empty(await host.MissingAsync(films.Values.Select(film => Digest.Of(film)), verify: true));
        foreach (var version in (int[])[1, 2, 3]) Assert.NotEmpty(await host.Http.GetByteArrayAsync($"/api/datasets/chest%40{version}/manifest", Token));
    }

    [Fact]
    public async Task Version_whose_films_are_collected_while_it_is_packed_is_not_made()
    {
        await using var host = await RegistryHost.StartAsync();
        var films = Films.Some(10);
        await host.UploadAsync(films.Values);
        await using var scope = host.Services.CreateAsyncScope();
        var push = scope.ServiceProvider.GetRequiredService<DatasetPush>();
        var plan = PushPlan.Make("chest", Films.Request(films)).Plan!;
        var (origins, _) = await push.FindOriginsAsync(plan, Token);

        var refused = Assert.IsType<PushRefused>(await push.RunAsync(plan, origins, new HourlongPacking(host), Token));

        Assert.Contains("push again", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(1, (await host.PushCompletedAsync("chest", films)).Version.Number);
        Assert.Empty(await host.MissingAsync(films.Values.Select(film => Digest.Of(film)), verify: true));
    }

    [Theory]
    [InlineData(Deployment.Embedded)]
    [InlineData(Deployment.Cloud)]
    public async Task Push_that_broke_off_ten_times_ends_in_the_version_of_an_undisturbed_one(Deployment deployment)
    {
        await using var host = await RegistryHost.StartAsync(deployment, servers);
        var films = Films.Some(20);
        var random = new Random(3);
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var killed = new CancellationTokenSource(random.Next(1, 400));
            try
            {
                await Parallel.ForEachAsync(films.Values, killed.Token, async (film, token) =>
                    (await host.Http.PutAsync($"/api/films/{Digest.Of(film)}", new ByteArrayContent(film), token)).Dispose());
                using var push = await host.Http.SendAsync(host.PushRequest("chest", Films.Request(films)), killed.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }

        var disturbed = await host.PushCompletedAsync("chest", films);

        await host.ForgetPinsAsync();
        await host.CollectAsync();
        var named = films.Values.Select(film => Digest.Of(film)).Append(disturbed.Version.Digest)
            .Concat(await host.WithRegistryAsync(registry => registry.PackedDatasets.Select(packed => packed.BlobDigest).ToListAsync(Token)))
            .Concat(await host.WithRegistryAsync(registry => registry.DatasetVersions.Select(version => version.ReportDigest!).ToListAsync(Token)));
        Assert.Equal(named.Distinct().Order(StringComparer.Ordinal), (await host.Blobs.ListAsync(Token).Select(blob => blob.Digest).ToListAsync(Token)).Order(StringComparer.Ordinal));
        await using var calm = await RegistryHost.StartAsync();
        Assert.Equal((await calm.PushCompletedAsync("chest", films)).Version.Digest, disturbed.Version.Digest);
    }

    [Fact]
    public async Task Blob_server_that_is_away_for_ten_seconds_in_mid_push_loses_nothing()
    {
        await using var azurite = await AzuriteServer.StartAsync(Token);
        await using var host = await RegistryHost.StartAsync(azurite, await (await servers.PostgresAsync()).CreateDatabaseAsync(Token));
        var films = Films.Some(20);
        await host.UploadAsync(films.Values.Take(20));

        await azurite.StopAsync();
        var push = host.PushCompletedAsync("chest", films);
        await Task.Delay(TimeSpan.FromSeconds(10), Token);
        Assert.False(push.IsCompleted);
        await azurite.RestartAsync(Token);

        Assert.Equal(60, (await push).Version.Images);
        Assert.Empty(await host.MissingAsync(films.Values.Select(film => Digest.Of(film)), verify: true));
    }

    /// <summary>After the first film every pin runs out, and somebody collects.</summary>
    private sealed class HourlongPacking(RegistryHost host) : IProgress<PushProgress>
    {
        public void Report(PushProgress value)
        {
            if (value.Done == 1) Task.Run(CollectAsync, Token).GetAwaiter().GetResult();
        }

        private async Task CollectAsync()
        {
            await host.ForgetPinsAsync();
            Assert.NotEqual(0, (await host.CollectAsync()).Blobs);
        }
    }
}
