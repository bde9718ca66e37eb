using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Models;
using XrayMlOps.Storage.Runs;
using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Storage.Tests.Blobs;

public abstract class BlobCollectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public abstract Task<CollectionBench> CreateAsync();

    [Fact]
    public async Task What_nothing_names_is_freed_and_what_something_names_is_kept()
    {
        await using var bench = await CreateAsync();
        await bench.PublishAsync("chest", await bench.PushFilmAsync([1]), await bench.PushFilmAsync([2]));
        var orphans = new[] { await bench.PushFilmAsync([3, 3]), await bench.PutPinnedAsync(new byte[1000]) };
        bench.LetPinsRunOut();
        var before = await bench.StoredAsync();

        var promised = await bench.CollectAsync(dryRun: true);
        Assert.Equal(before, await bench.StoredAsync());
        var freed = await bench.CollectAsync();

        Assert.Equal(new CollectResponse(2, 1002, before.Count - 2, before.Values.Sum() - 1002, 0, DryRun: false), freed);
        Assert.Equal(promised, freed with { DryRun = true });
        var after = await bench.StoredAsync();
        Assert.Equal(before.Keys.Except(orphans).Order(), after.Keys.Order());
        Assert.Equal(before.Values.Sum() - freed.Bytes, after.Values.Sum());
        Assert.DoesNotContain(orphans[0], await bench.ImagesAsync());
        Assert.Equal(0, (await bench.CollectAsync()).Blobs);
    }

    [Fact]
    public async Task What_runs_and_models_name_is_kept()
    {
        await using var bench = await CreateAsync();
        var run = await bench.Registry.AddRunAsync();
        // The version that the run was made on, in the registry alone.
        await using var context = bench.Registry.Open();
        await context.DatasetVersions.ExecuteUpdateAsync(set => set.SetProperty(version => version.DeletedAt, bench.Now), Token);
        var (log, model) = (await bench.PutPinnedAsync([1]), await bench.PutPinnedAsync([2]));
        context.RunArtifacts.Add(new RunArtifact { RunId = run, Name = TrainingOutputs.Log, Digest = log, Bytes = 1 });
        context.Models.Add(new RegisteredModel { Name = "m", CreatedAt = bench.Now });
        context.ModelVersions.Add(new ModelVersion { ModelName = "m", Version = 1, RunId = run, Digest = model, Bytes = 1, PreprocessingHash = "p", CreatedAt = bench.Now });
        await context.SaveChangesAsync(Token);
        bench.LetPinsRunOut();

        Assert.Equal(new CollectResponse(0, 0, 2, 2, 0, DryRun: false), await bench.CollectAsync());
    }

    [Fact]
    public async Task Pinned_blobs_are_kept_until_the_pin_runs_out()
    {
        await using var bench = await CreateAsync();
        await bench.PutPinnedAsync([1, 2, 3]);

        Assert.Equal(new CollectResponse(0, 0, 0, 0, 1, DryRun: false), await bench.CollectAsync());
        bench.LetPinsRunOut();
        Assert.Equal(new CollectResponse(1, 3, 0, 0, 0, DryRun: false), await bench.CollectAsync());

        await using var context = bench.Registry.Open();
        Assert.Empty(await context.BlobPins.ToListAsync(Token));
    }

    [Fact]
    public async Task Deleted_version_goes_but_for_what_others_share()
    {
        await using var bench = await CreateAsync();
        var (own, shared) = (await bench.PushFilmAsync([1]), await bench.PushFilmAsync([2]));
        var deleted = await bench.PublishAsync("chest", own, shared);
        await bench.PublishAsync("chest", shared);
        bench.LetPinsRunOut();
        await bench.DeleteAsync(deleted);

        var freed = await bench.CollectAsync();

        Assert.Equal(4, freed.Blobs); // film, manifest, tensors, report
        Assert.Equal((await bench.NamedAsync()).Order(), (await bench.StoredAsync()).Keys.Order());
        Assert.Equal([shared], await bench.ImagesAsync());
        await using var context = bench.Registry.Open();
        Assert.DoesNotContain(await context.PackedDatasets.ToListAsync(Token), packed => packed.ManifestDigest == deleted.Digest);
    }

    [Fact]
    public async Task Tensors_of_a_version_that_is_deleted_during_the_collection_are_forgotten_with_their_blobs()
    {
        await using var bench = await CreateAsync();
        var version = await bench.PublishAsync("chest", await bench.PushFilmAsync([1]));
        bench.LetPinsRunOut();

        var freed = await bench.CollectAsync(store: new BlobsWhenListed(bench.Blobs, () => bench.DeleteAsync(version)));

        Assert.Equal(4, freed.Blobs); // film, manifest, tensors, report
        await using var context = bench.Registry.Open();
        Assert.Empty(await context.PackedDatasets.ToListAsync(Token)); // or the same films, pushed again, would count as packed
    }

    [Fact]
    public async Task Nothing_is_freed_while_a_manifest_is_lost()
    {
        await using var bench = await CreateAsync();
        var version = await bench.PublishAsync("chest", await bench.PushFilmAsync([1]));
        bench.LetPinsRunOut();
        await bench.Blobs.DeleteAsync(version.Digest, Token);
        var before = await bench.StoredAsync();

        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() => bench.CollectAsync());

        Assert.Contains($"chest@1 (sha256:{version.Digest})", problem.Message, StringComparison.Ordinal);
        Assert.Equal(before, await bench.StoredAsync());
    }

    [Fact]
    public async Task Collections_beside_pushes_and_deletions_lose_nothing_and_leave_nothing()
    {
        await using var bench = await CreateAsync();
        // A few films that come and go in many versions, each push within the hour that its pins last.
        byte[][] films = [.. Enumerable.Range(0, 40).Select(film => BitConverter.GetBytes(film))];
        var begun = new long[4];
        Array.Fill(begun, bench.Now.UtcTicks);

        var pushes = Enumerable.Range(0, begun.Length).Select(pusher => Task.Run(async () =>
        {
            var random = new Random(pusher);
            Queue<DatasetVersion> mine = [];
            for (var round = 0; round < 10; round++)
            {
                Volatile.Write(ref begun[pusher], bench.Now.UtcTicks);
                List<string> pushed = [];
                foreach (var film in random.GetItems(films, 8)) pushed.Add(await bench.PushFilmAsync(film));
                mine.Enqueue(await bench.PublishAsync($"chest{pusher}", [.. pushed.Distinct()]));
                if (mine.Count > 2) await bench.DeleteAsync(mine.Dequeue());
            }
            Volatile.Write(ref begun[pusher], long.MaxValue);
        }, Token)).ToArray();
        while (begun.Min() is var oldest && oldest < long.MaxValue && !pushes.Any(push => push.IsFaulted))
        {
            bench.SetClock(new DateTimeOffset(oldest, TimeSpan.Zero).AddMinutes(50));
            await bench.CollectAsync();
        }
        await Task.WhenAll(pushes);

        var named = await bench.NamedAsync();
        foreach (var digest in named.Concat(await bench.ImagesAsync()))
        {
            await using var read = await bench.Blobs.OpenReadAsync(digest, Token);
            Assert.Equal(digest, await Digest.OfAsync(read, Token));
        }
        bench.LetPinsRunOut();
        await bench.CollectAsync();
        Assert.Equal(named.Order(), (await bench.StoredAsync()).Keys.Order());
        Assert.Equal((await bench.NamedAsync()).Order(), named.Order());
        Assert.Empty((await bench.ImagesAsync()).Except(named));
    }

    /// <summary>Something happens while the store is listed.</summary>
    private sealed class BlobsWhenListed(IBlobStore blobs, Func<Task> happens) : IBlobStore
    {
        public Task<bool> ExistsAsync(string digest, CancellationToken cancellationToken) => blobs.ExistsAsync(digest, cancellationToken);

        public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken) => blobs.OpenReadAsync(digest, cancellationToken);

        public Task<string> PutAsync(Stream content, string? expectedDigest, CancellationToken cancellationToken) =>
            blobs.PutAsync(content, expectedDigest, cancellationToken);

        public Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken) => blobs.DeleteAsync(digest, cancellationToken);

        public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await happens();
            await foreach (var blob in blobs.ListAsync(cancellationToken)) yield return blob;
        }
    }
}

public sealed class BlobCollectionOfFolderAndSqliteTests : BlobCollectionTests
{
    public override async Task<CollectionBench> CreateAsync()
    {
        var folder = Directory.CreateTempSubdirectory("xray-blobs-");
        return new CollectionBench(await TemporaryRegistry.OnSqliteAsync(), new FolderBlobStore(folder.FullName), folder);
    }

    [Fact]
    public async Task What_a_crash_left_goes_after_a_day()
    {
        var folder = Directory.CreateTempSubdirectory("xray-blobs-");
        await using var bench = new CollectionBench(await TemporaryRegistry.OnSqliteAsync(), new FolderBlobStore(folder.FullName), folder);
        var incoming = Path.Combine(folder.FullName, "incoming");
        foreach (var (name, age) in (ValueTuple<string, TimeSpan>[])[("old", TimeSpan.FromHours(25)), ("new", TimeSpan.FromHours(23))])
        {
            await File.WriteAllTextAsync(Path.Combine(incoming, name), "half", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(Path.Combine(incoming, name), (bench.Now - age).UtcDateTime);
        }

        await bench.CollectAsync();

        Assert.Equal(["new"], Directory.GetFiles(incoming).Select(Path.GetFileName));
    }
}

public sealed class BlobCollectionOfAzureAndPostgresTests(SharedServers servers) : BlobCollectionTests
{
    public override async Task<CollectionBench> CreateAsync() => new(
        await TemporaryRegistry.OnPostgresAsync(servers), BlobStores.Open($"{(await servers.AzuriteAsync()).ConnectionString};ContainerName=test-{Guid.NewGuid():N}"));
}
