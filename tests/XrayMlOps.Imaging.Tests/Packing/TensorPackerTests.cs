using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Packing;
using XrayMlOps.Testing;

namespace XrayMlOps.Imaging.Tests.Packing;

public sealed class TensorPackerTests : IDisposable
{
    private static readonly byte[][] s_films = [.. Enumerable.Range(1, 7).Select(patient => Films.Phantom((ImageLabel)(patient % 3), patient))];
    private readonly string _scratch = Path.Combine(Path.GetTempPath(), $"xray-packing-{Guid.NewGuid():N}");
    private readonly MemoryBlobStore _blobs = new();
    private readonly PreprocessingSpec _spec = new() { Width = 40, Height = 24 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_scratch)) Directory.Delete(_scratch, recursive: true);
    }

    [Fact]
    public async Task Films_come_out_in_the_manifests_order_with_their_patients_numbered()
    {
        var films = Manifest();
        List<int> progress = [];

        var shard = Assert.Single(await Packer().PackAsync(films, _spec, cache: null, StoreAsync, progress.Add, Token));

        using var zip = await OpenAsync(shard);
        Assert.Equal(["images.npy", "labels.npy", "splits.npy", "patients.npy"], zip.Entries.Select(entry => entry.FullName));
        Assert.All(zip.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
        Assert.Equal([.. Pixels(films)], ReadNpy(zip, "images", "|u1", "(7, 24, 40,)"));
        Assert.Equal(films.Select(film => (long)film.Label), Int64s(ReadNpy(zip, "labels", "<i8", "(7,)")));
        Assert.Equal(films.Select(film => (byte)film.Split), ReadNpy(zip, "splits", "|u1", "(7,)"));
        Assert.Equal(PatientsOf(films), Int64s(ReadNpy(zip, "patients", "<i8", "(7,)")));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], progress);
        Assert.Empty(Directory.GetFiles(_scratch));
    }

    [Theory]
    [InlineData(3, new[] { 3, 3, 1 })]
    [InlineData(7, new[] { 7 })]
    [InlineData(0, new[] { 1, 1, 1, 1, 1, 1, 1 })] // a film is never left out for being large
    public async Task Version_that_is_too_large_for_a_file_is_sharded(int fit, int[] expected)
    {
        var films = Manifest();
        var shards = await Packer(4096 + (fit * (24 * 40 + 17))).PackAsync(films, _spec, cache: null, StoreAsync, packed: null, Token);

        Assert.Equal(expected.Length, shards.Count);
        var first = 0;
        foreach (var (shard, count) in shards.Zip(expected))
        {
            using var zip = await OpenAsync(shard);
            var part = films[first..(first += count)];
            Assert.Equal([.. Pixels(part)], ReadNpy(zip, "images", "|u1", $"({count}, 24, 40,)"));
            Assert.Equal(part.Select(film => (long)film.Label), Int64s(ReadNpy(zip, "labels", "<i8", $"({count},)")));
            Assert.Equal(PatientsOf(films)[(first - count)..first], Int64s(ReadNpy(zip, "patients", "<i8", $"({count},)")));
            Assert.InRange(_blobs[shard].Length, 0, Math.Max(4096 + (fit * (24 * 40 + 17)), 24 * 40 + 4096));
        }
    }

    [Fact]
    public async Task Equal_films_give_equal_shards_from_blobs_or_from_rows_kept()
    {
        var films = Manifest();
        using var cache = new RowCache(_scratch, _spec.Height * _spec.Width, films.Length);
        foreach (var film in films.Skip(2)) cache.Add(film.Digest, Films.Pixels(_blobs[film.Digest], _spec));

        var decoded = await Packer(10_000).PackAsync(films, _spec, cache: null, StoreAsync, packed: null, Token);
        Assert.Equal(decoded, await Packer(10_000).PackAsync(films, _spec, cache, StoreAsync, packed: null, Token));
    }

    [Fact]
    public async Task Blob_that_is_gone_or_no_film_is_named_and_nothing_is_left_behind()
    {
        var films = Manifest();
        films[3] = films[3] with { Digest = Digest.Of("missing"u8) };
        Assert.Equal(films[3].Digest, (await Assert.ThrowsAsync<BlobNotFoundException>(() => Packer().PackAsync(films, _spec, null, StoreAsync, null, Token))).BlobDigest);

        films[3] = films[3] with { Digest = _blobs.Add([1, 2, 3]) };
        var problem = await Assert.ThrowsAsync<InvalidDataException>(() => Packer().PackAsync(films, _spec, null, StoreAsync, null, Token));
        Assert.Contains(films[3].Digest, problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_scratch));
    }

    [Fact]
    public async Task Numpy_loads_the_shards_and_finds_what_was_packed()
    {
        var films = Manifest();
        var shards = await Packer(4096 + 4 * (24 * 40 + 17)).PackAsync(films, _spec, cache: null, StoreAsync, packed: null, Token);
        string[] paths = [.. shards.Select((_, i) => Path.Combine(_scratch, $"gray-{i}.npz"))];
        foreach (var (shard, path) in shards.Zip(paths)) await File.WriteAllBytesAsync(path, _blobs[shard], Token);

        var printed = await NumPy.RunAsync(
            """
            import json, sys, numpy
            shards = []
            for path in sys.argv[1:]:
                npz = numpy.load(path)
                shards.append({"arrays": {name: [str(npz[name].dtype), list(npz[name].shape)] for name in npz.files},
                    "labels": npz["labels"].tolist(), "splits": npz["splits"].tolist(), "patients": npz["patients"].tolist(),
                    "sums": npz["images"].sum(axis=(1, 2), dtype=numpy.int64).tolist()})
            print(json.dumps(shards))
            """, paths, Token);

        using var json = JsonDocument.Parse(printed);
        Assert.Equal(2, json.RootElement.GetArrayLength());
        foreach (var (shard, part) in json.RootElement.EnumerateArray().Zip(films.Chunk(4)))
        {
            Assert.Equal(
                $$"""{"images": ["uint8", [{{part.Length}}, 24, 40]], "labels": ["int64", [{{part.Length}}]], "splits": ["uint8", [{{part.Length}}]], "patients": ["int64", [{{part.Length}}]]}""",
                shard.GetProperty("arrays").GetRawText());
            Assert.Equal(part.Select(film => (long)film.Label), Numbers(shard, "labels"));
            Assert.Equal(part.Select(film => (long)film.Split), Numbers(shard, "splits"));
            Assert.Equal(part.Select(film => Films.Pixels(_blobs[film.Digest], _spec).Sum(pixel => (long)pixel)), Numbers(shard, "sums"));
        }
        Assert.Equal(PatientsOf(films), json.RootElement.EnumerateArray().SelectMany(shard => Numbers(shard, "patients")));

        static IEnumerable<long> Numbers(JsonElement shard, string name) => shard.GetProperty(name).EnumerateArray().Select(number => number.GetInt64());
    }

    private TensorPacker Packer(long? largest = null) =>
        largest is { } bytes ? new TensorPacker(_blobs, Films.Decoder, _scratch) { LargestShard = bytes } : new TensorPacker(_blobs, Films.Decoder, _scratch);

    private Task<string> StoreAsync(Stream npz, CancellationToken cancellationToken) => _blobs.PutAsync(npz, expectedDigest: null, cancellationToken);

    private ManifestEntry[] Manifest() =>
    [
        .. s_films.Select((content, i) => new ManifestEntry
        {
            Digest = _blobs.Add(content),
            Label = (ImageLabel)((i + 1) % 3),
            Patient = $"p{100 - i / 2}",
            Split = (Split)(i / 2 % 3),
            File = $"{i}.jpeg",
            Bytes = content.Length,
            Width = 1,
            Height = 1,
        }).OrderBy(film => film.Digest, StringComparer.Ordinal),
    ];

    private IEnumerable<byte> Pixels(IEnumerable<ManifestEntry> films) => films.SelectMany(film => Films.Pixels(_blobs[film.Digest], _spec));

    private static long[] PatientsOf(ManifestEntry[] films)
    {
        var names = films.Select(film => film.Patient).Distinct().Order(StringComparer.Ordinal).ToList();
        return [.. films.Select(film => (long)names.IndexOf(film.Patient))];
    }

    private async Task<ZipArchive> OpenAsync(string shard) => new(await _blobs.OpenReadAsync(shard, Token));

    private static byte[] ReadNpy(ZipArchive zip, string name, string type, string shape)
    {
        using var content = new MemoryStream();
        using (var entry = zip.GetEntry($"{name}.npy")!.Open()) entry.CopyTo(content);
        var array = content.ToArray();
        Assert.Equal<byte>([0x93, .. "NUMPY"u8, 1, 0], array[..8]);
        var start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(array.AsSpan(8));
        Assert.Equal(0, start % 64);
        Assert.Equal($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}", Encoding.ASCII.GetString(array[10..start]).TrimEnd());
        return array[start..];
    }

    private static long[] Int64s(byte[] bytes) => [.. bytes.Chunk(8).Select(octets => BinaryPrimitives.ReadInt64LittleEndian(octets))];
}
