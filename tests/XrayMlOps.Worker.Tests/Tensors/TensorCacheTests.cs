using System.IO.Compression;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Preprocessing;
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

        var paths = await Cache(host).GetAsync(manifest, s_spec, Token);

        Assert.Equal(["third", "first", "second"], paths.Select(File.ReadAllText));
        foreach (var path in paths) await host.Blobs.DeleteAsync(Path.GetFileNameWithoutExtension(path), Token);
        Assert.Equal(paths, await Cache(host).GetAsync(manifest, s_spec, Token));
    }

    [Fact]
    public async Task Versions_used_longest_ago_make_room_with_all_their_shards()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var versions = await Task.WhenAll(Enumerable.Range(0, 4).Select(version => PackedAsync(host, $"{version}a", $"{version}b")));
        List<IReadOnlyList<string>> paths = [];
        foreach (var version in (int[])[0, 1, 2, 0, 3]) paths.Add(await Cache(host).GetAsync(versions[version], s_spec, Token));

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

        await Assert.ThrowsAsync<BlobDigestMismatchException>(() => Cache(host).GetAsync(manifest, s_spec, Token));

        Assert.Equal(["sound"], Directory.GetFiles(Path.Combine(_data.FullName, "work", "cache"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
    }

    [Fact]
    public async Task Version_that_is_not_packed_for_a_preprocessing_is_packed_once_and_registered()
    {
        await using var host = await WorkerHost.StartAsync(_data.FullName);
        var (manifest, films) = await host.AddManifestAsync();

        var path = Assert.Single(await Cache(host).GetAsync(manifest, s_spec, Token));

        using (var npz = await ZipFile.OpenReadAsync(path, Token)) Assert.InRange(npz.GetEntry("images.npy")!.Length, films * 32 * 32, films * 32 * 32 + 128);
        var row = await host.WithRegistryAsync(registry => registry.PackedDatasets.SingleAsync(Token));
        Assert.Equal((manifest, s_spec.Hash(), 0, Path.GetFileNameWithoutExtension(path)), (row.ManifestDigest, row.PreprocessingHash, row.Shard, row.BlobDigest));
        Assert.True(await host.WithRegistryAsync(registry => registry.BlobPins.AnyAsync(pin => pin.Digest == row.BlobDigest, Token)));
        await host.Blobs.DeleteAsync(manifest, Token); // needed to pack, so nothing is packed again
        Assert.Equal(path, Assert.Single(await Cache(host).GetAsync(manifest, s_spec, Token)));
    }

    private static TensorCache Cache(WorkerHost host) => host.Services.GetRequiredService<TensorCache>();

    /// <summary>Registers blobs of these texts as the shards of a version, and answers its digest.</summary>
    private static async Task<string> PackedAsync(WorkerHost host, params string[] shards)
    {
        var manifest = Digest.Of(Encoding.UTF8.GetBytes(string.Concat(shards)));
        List<PackedDataset> rows = [];
        foreach (var (shard, text) in shards.Index())
        {
            var digest = await host.Blobs.PutAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), null, Token);
            rows.Add(new PackedDataset { ManifestDigest = manifest, PreprocessingHash = s_spec.Hash(), Shard = shard, BlobDigest = digest });
        }
        rows.Reverse(); // their order in the table says nothing
        await host.WithRegistryAsync(registry =>
        {
            registry.PackedDatasets.AddRange(rows);
            return registry.SaveChangesAsync(Token);
        });
        return manifest;
    }
}
