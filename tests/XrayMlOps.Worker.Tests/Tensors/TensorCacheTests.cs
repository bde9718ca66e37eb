using System.IO.Compression;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Worker.Tensors;

namespace XrayMlOps.Worker.Tests.Tensors;

public sealed class TensorCacheTests : IDisposable
{
    private static readonly PreprocessingSpec s_spec = new() { Height = 32, Width = 32 };
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("xray-tensors-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task Shards_of_a_version_are_copied_once_and_given_in_their_order()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var manifest = await PackedAsync(host, "third", "first", "second");

        var paths = await PathsAsync(Cache(host), manifest);

        Assert.Equal(["third", "first", "second"], paths.Select(File.ReadAllText));
        foreach (var path in paths) await host.Blobs.DeleteAsync(Path.GetFileNameWithoutExtension(path), Token);
        Assert.Equal(paths, await PathsAsync(Cache(host), manifest));
    }

    [Fact]
    public async Task Versions_used_longest_ago_make_room_with_all_their_shards()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var versions = await Task.WhenAll(Enumerable.Range(0, 4).Select(version => PackedAsync(host, $"{version}a", $"{version}b")));
        List<IReadOnlyList<string>> paths = [];
        foreach (var version in (int[])[0, 1, 2, 0, 3]) paths.Add(await PathsAsync(Cache(host), versions[version]));

        Assert.All(paths[1], path => Assert.False(File.Exists(path), path)); // three are kept by default
        foreach (var kept in (int[])[2, 3, 4]) Assert.All(paths[kept], path => Assert.True(File.Exists(path), path));
    }

    [Fact]
    public async Task Shard_that_was_damaged_in_the_store_is_not_taken()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var manifest = await PackedAsync(host, "sound", "damaged");
        var blob = Directory.GetFiles(Path.Combine(_data.FullName, "blobs"), "*", SearchOption.AllDirectories).Single(file => File.ReadAllText(file) == "damaged");
        File.SetAttributes(blob, FileAttributes.Normal);
        await File.WriteAllTextAsync(blob, "dbmaged", Token);

        await Assert.ThrowsAsync<BlobDigestMismatchException>(() => PathsAsync(Cache(host), manifest));

        Assert.Equal(["sound"], Directory.GetFiles(Path.Combine(_data.FullName, "work", "cache"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
    }

    [Fact]
    public async Task Version_that_is_not_packed_for_a_preprocessing_is_packed_once_and_registered()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var (manifest, films) = await host.AddManifestAsync();

        var path = Assert.Single(await PathsAsync(Cache(host), manifest));

        using (var npz = await ZipFile.OpenReadAsync(path, Token)) Assert.InRange(npz.GetEntry("images.npy")!.Length, films * 32 * 32, films * 32 * 32 + 128);
        var row = await host.WithRegistryAsync(registry => registry.PackedDatasets.SingleAsync(Token));
        Assert.Equal((manifest, s_spec.Hash(), 0, Path.GetFileNameWithoutExtension(path)), (row.ManifestDigest, row.PreprocessingHash, row.Shard, row.BlobDigest));
        Assert.True(await host.WithRegistryAsync(registry => registry.BlobPins.AnyAsync(pin => pin.Digest == row.BlobDigest, Token)));
        await host.Blobs.DeleteAsync(manifest, Token); // needed to pack, so nothing is packed again
        Assert.Equal(path, Assert.Single(await PathsAsync(Cache(host), manifest)));
    }

    [Fact]
    public async Task Shards_that_the_store_lost_are_packed_again()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var (manifest, _) = await host.AddManifestAsync();
        var lost = await RegisterAsync(host, manifest, "kept", "lost");
        await host.Blobs.DeleteAsync(lost[1], Token);

        var path = Assert.Single(await PathsAsync(Cache(host), manifest));

        await using (var npz = await ZipFile.OpenReadAsync(path, Token)) Assert.NotNull(npz.GetEntry("images.npy"));
        var row = await host.WithRegistryAsync(registry => registry.PackedDatasets.SingleAsync(Token));
        Assert.Equal((manifest, 0, Path.GetFileNameWithoutExtension(path)), (row.ManifestDigest, row.Shard, row.BlobDigest));
        Assert.True(await host.Blobs.ExistsAsync(row.BlobDigest, Token));
    }

    [Fact]
    public async Task Shard_lost_again_as_soon_as_it_is_packed_again_is_an_error()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var (manifest, _) = await host.AddManifestAsync();
        var registered = await RegisterAsync(host, manifest, "lost");
        await host.Blobs.DeleteAsync(registered[0], Token);
        BlobsLostWhenPut blobs = new(host.Blobs, seemsThere: true);

        var problem = await Assert.ThrowsAsync<BlobNotFoundException>(() => PathsAsync(Cache(host, blobs), manifest));

        Assert.Equal(Assert.Single(blobs.Lost), problem.BlobDigest); // packed once more, no further time
    }

    [Fact]
    public async Task Shard_collected_before_the_last_is_packed_is_not_registered()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var (manifest, _) = await host.AddManifestAsync();
        BlobsLostWhenPut blobs = new(host.Blobs, seemsThere: false);

        var problem = await Assert.ThrowsAsync<InvalidOperationException>(() => PathsAsync(Cache(host, blobs), manifest));

        Assert.Contains(Assert.Single(blobs.Lost), problem.Message, StringComparison.Ordinal);
        Assert.Contains("Blobs:PinMinutes", problem.Message, StringComparison.Ordinal);
        Assert.False(await host.WithRegistryAsync(registry => registry.PackedDatasets.AnyAsync(Token)));
    }

    [Fact]
    public async Task Version_in_use_stays_however_many_others_are_used_meanwhile()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var used = await PackedAsync(host, "used");
        var others = await Task.WhenAll(Enumerable.Range(0, 4).Select(version => PackedAsync(host, $"{version}")));
        var lease = await Cache(host).GetAsync(used, s_spec, Token);

        foreach (var other in others) await PathsAsync(Cache(host), other);
        Assert.Equal("used", await File.ReadAllTextAsync(lease.Paths[0], Token));

        lease.Dispose();
        await PathsAsync(Cache(host), others[0]);
        Assert.False(File.Exists(lease.Paths[0]));
    }

    [Fact]
    public async Task Runs_that_make_room_at_once_do_not_disturb_each_other()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var versions = await Task.WhenAll(Enumerable.Range(0, 12).Select(version => PackedAsync(host, $"{version}a", $"{version}b")));

        await Parallel.ForEachAsync(Enumerable.Range(0, 240), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (turn, token) =>
        {
            using var lease = await Cache(host).GetAsync(versions[turn * 7 % versions.Length], s_spec, token);
            Assert.All(lease.Paths, path => Assert.True(File.Exists(path), path));
        });
    }

    [Fact]
    public void Folder_that_somebody_else_removes_meanwhile_is_no_fault()
    {
        for (var number = 0; number < 500; number++) _data.CreateSubdirectory($"{number}").CreateSubdirectory("content");
        TensorFolders[] workers = [.. Enumerable.Range(0, 4).Select(_ => new TensorFolders(_data.FullName, most: 1, TimeProvider.System))];
        foreach (var worker in workers) worker.Take("used");

        Parallel.ForEach(workers, worker => worker.Use(new DirectoryInfo(Path.Combine(_data.FullName, "used"))));

        Assert.Equal("used", Assert.Single(_data.GetDirectories()).Name);
    }

    private static TensorCache Cache(WorkerHost host) => host.Services.GetRequiredService<TensorCache>();

    /// <summary>One that is as the host's, but for its store.</summary>
    private static TensorCache Cache(WorkerHost host, IBlobStore blobs)
    {
        var pinning = ActivatorUtilities.CreateInstance<BlobPinning>(host.Services, blobs);
        var packing = ActivatorUtilities.CreateInstance<OnDemandPacking>(host.Services, blobs, pinning);
        return ActivatorUtilities.CreateInstance<TensorCache>(host.Services, blobs, packing);
    }

    private static async Task<IReadOnlyList<string>> PathsAsync(TensorCache cache, string manifest)
    {
        using var lease = await cache.GetAsync(manifest, s_spec, Token);
        return lease.Paths;
    }

    /// <summary>Registers blobs of these texts as the shards of a version, and answers its digest.</summary>
    private static async Task<string> PackedAsync(WorkerHost host, params string[] shards)
    {
        var manifest = Digest.Of(Encoding.UTF8.GetBytes(string.Concat(shards)));
        await RegisterAsync(host, manifest, shards);
        return manifest;
    }

    /// <summary>Answers the digests of the shards.</summary>
    private static async Task<IReadOnlyList<string>> RegisterAsync(WorkerHost host, string manifest, params string[] shards)
    {
        List<PackedDataset> rows = [];
        foreach (var (shard, text) in shards.Index())
        {
            var digest = await host.Blobs.PutAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), null, Token);
            rows.Add(new PackedDataset { ManifestDigest = manifest, PreprocessingHash = s_spec.Hash(), Shard = shard, BlobDigest = digest });
        }
        await host.WithRegistryAsync(registry =>
        {
            registry.PackedDatasets.AddRange(Enumerable.Reverse(rows)); // their order in the table says nothing
            return registry.SaveChangesAsync(Token);
        });
        return [.. rows.Select(row => row.BlobDigest)];
    }

    /// <summary>Loses whatever is put into it at once.</summary>
    /// <param name="seemsThere">Whether that shows only when it is read.</param>
    private sealed class BlobsLostWhenPut(IBlobStore blobs, bool seemsThere) : IBlobStore
    {
        public List<string> Lost { get; } = [];

        public async Task<bool> ExistsAsync(string digest, CancellationToken cancellationToken) =>
            Lost.Contains(digest) ? seemsThere : await blobs.ExistsAsync(digest, cancellationToken);

        public Task<Stream> OpenReadAsync(string digest, CancellationToken cancellationToken) => blobs.OpenReadAsync(digest, cancellationToken);

        public async Task<string> PutAsync(Stream content, string? expectedDigest, CancellationToken cancellationToken)
        {
            var digest = await blobs.PutAsync(content, expectedDigest, cancellationToken);
            await blobs.DeleteAsync(digest, cancellationToken);
            Lost.Add(digest);
            return digest;
        }

        public Task<bool> DeleteAsync(string digest, CancellationToken cancellationToken) => blobs.DeleteAsync(digest, cancellationToken);

        public IAsyncEnumerable<StoredBlob> ListAsync(CancellationToken cancellationToken) => blobs.ListAsync(cancellationToken);
    }
}
