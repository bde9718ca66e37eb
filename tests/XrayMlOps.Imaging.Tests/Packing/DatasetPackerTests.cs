using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Packing;

namespace XrayMlOps.Imaging.Tests.Packing;

public sealed class DatasetPackerTests : IDisposable
{
    private readonly string _scratch = Path.Combine(Path.GetTempPath(), $"xray-packing-{Guid.NewGuid():N}");
    private readonly MemoryBlobStore _blobs = new();
    private readonly PreprocessingSpec _spec = new() { Width = 40, Height = 24 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_scratch)) Directory.Delete(_scratch, recursive: true);
    }

    [Fact]
    public async Task Bad_films_are_reported_and_the_others_read()
    {
        var (good, cut) = (Films.Phantom(), Films.Phantom()[..5000]);
        string[] digests = [_blobs.Add(good), _blobs.Add(cut), _blobs.Add([1, 2, 3]), _blobs.Add(Films.Phantom(patient: 2))];
        List<int> progress = [];

        await using var packer = await DecodeAsync(digests, new Reports(progress));

        Assert.Equal(digests, packer.Films.Select(film => film.Digest));
        Assert.Equal(
            [FilmRejection.None, FilmRejection.Truncated, FilmRejection.UnknownType, FilmRejection.None], packer.Films.Select(film => film.Result.Rejection));
        Assert.Equal([good.Length, 5000, 3], packer.Films.Take(3).Select(film => film.Bytes));
        Assert.Equal(Films.Decode(good).Info, packer.Films[0].Result.Info);
        Assert.Equal([1, 2, 3, 4], progress);
    }

    [Fact]
    public async Task Chosen_rows_come_out_in_their_order()
    {
        var films = Enumerable.Range(1, 5).Select(patient => Films.Phantom(patient: patient)).ToArray();
        await using var packer = await DecodeAsync([.. films.Select(_blobs.Add)]);
        PackedRow[] rows =
        [
            new(4, ImageLabel.Virus, Split.Test, 70_000_000_000),
            new(0, ImageLabel.Normal, Split.Train, 1),
            new(2, ImageLabel.Bacteria, Split.Validation, -2),
        ];

        using var npz = new MemoryStream();
        await packer.WriteAsync(npz, rows, Token);

        using var zip = new ZipArchive(npz);
        Assert.Equal(["images.npy", "labels.npy", "splits.npy", "patients.npy"], zip.Entries.Select(entry => entry.FullName));
        Assert.All(zip.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
        Assert.Equal([.. rows.SelectMany(row => Films.Pixels(films[row.Film], _spec))], ReadNpy(zip, "images", "|u1", "(3, 24, 40,)"));
        Assert.Equal([2, 0, 1], Int64s(ReadNpy(zip, "labels", "<i8", "(3,)")));
        Assert.Equal<byte>([2, 0, 1], ReadNpy(zip, "splits", "|u1", "(3,)"));
        Assert.Equal([70_000_000_000, 1, -2], Int64s(ReadNpy(zip, "patients", "<i8", "(3,)")));
    }

    [Fact]
    public async Task Entries_are_stored_without_compression()
    {
        await using var packer = await DecodeAsync([_blobs.Add(Films.Phantom())]);
        using var npz = new MemoryStream();
        await packer.WriteAsync(npz, [new PackedRow(0, ImageLabel.Normal, Split.Train, 1)], Token);

        // Local file header (PKWARE APPNOTE 4.3.7): signature, version, flags, method at byte 8.
        Assert.Equal(0x04034B50u, BinaryPrimitives.ReadUInt32LittleEndian(npz.ToArray()));
        Assert.Equal(0, BinaryPrimitives.ReadUInt16LittleEndian(npz.ToArray().AsSpan(8)));
    }

    [Fact]
    public async Task Equal_content_gives_equal_bytes()
    {
        string[] digests = [.. Enumerable.Range(1, 8).Select(patient => _blobs.Add(Films.Phantom(patient: patient)))];
        PackedRow[] rows = [.. Enumerable.Range(0, 8).Select(film => new PackedRow(film, ImageLabel.Bacteria, Split.Train, film))];

        Assert.Equal(await PackAsync(), await PackAsync());

        async Task<string> PackAsync()
        {
            await using var packer = await DecodeAsync(digests);
            using var npz = new MemoryStream();
            await packer.WriteAsync(npz, rows, Token);
            return Digest.Of(npz.ToArray());
        }
    }

    [Fact]
    public async Task Refused_film_cannot_be_packed()
    {
        await using var packer = await DecodeAsync([_blobs.Add([1, 2, 3])]);

        var problem = await Assert.ThrowsAsync<ArgumentException>(
            () => packer.WriteAsync(Stream.Null, [new PackedRow(0, ImageLabel.Normal, Split.Train, 1)], Token));
        Assert.Contains("unknown type", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scratch_file_goes_with_the_packer()
    {
        await using (await DecodeAsync([_blobs.Add(Films.Phantom())])) Assert.Single(Directory.GetFiles(_scratch));

        Assert.Empty(Directory.GetFiles(_scratch));
    }

    [Fact]
    public async Task Missing_blob_throws_and_leaves_no_scratch_file()
    {
        await Assert.ThrowsAsync<BlobNotFoundException>(() => DecodeAsync([Digest.Of("missing"u8)]));

        Assert.Empty(Directory.GetFiles(_scratch));
    }

    private Task<DatasetPacker> DecodeAsync(string[] digests, IProgress<int>? progress = null) =>
        DatasetPacker.DecodeAsync(_blobs, Films.Decoder, _spec, digests, _scratch, progress, Token);

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

    private sealed class Reports(List<int> seen) : IProgress<int>
    {
        public void Report(int value) => seen.Add(value);
    }
}
