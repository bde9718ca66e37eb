using System.Text;
using System.Text.Json;
using CsCheck;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class DatasetManifestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serialize_then_read_gives_the_entries_ordered_by_digest() =>
        await ManifestEntries.Any.Array[0, 30].SampleAsync(async entries =>
        {
            using var stream = new MemoryStream(DatasetManifest.Serialize(entries));
            var read = await DatasetManifest.ReadAsync(stream, Token).ToArrayAsync(Token);
            Assert.Equal(entries.OrderBy(entry => entry.Digest, StringComparer.Ordinal), read);
        });

    [Fact]
    public void Serialize_entries_in_any_order_gives_one_digest() =>
        Gen.Select(ManifestEntries.Any.Array[2, 20], Gen.Int).Sample((entries, seed) =>
        {
            var shuffled = entries.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Digest.Of(DatasetManifest.Serialize(entries)) == Digest.Of(DatasetManifest.Serialize(shuffled));
        });

    [Fact]
    public async Task Write_gives_the_bytes_of_serialize_and_their_digest() =>
        await ManifestEntries.Ordered.SampleAsync(async entries =>
        {
            using var stream = new MemoryStream();
            var digest = await DatasetManifest.WriteAsync(stream, entries, Token);
            Assert.Equal(DatasetManifest.Serialize(entries), stream.ToArray());
            Assert.Equal(Digest.Of(stream.ToArray()), digest);
        });

    [Fact]
    public async Task Write_more_than_a_piece_gives_the_same_bytes_too()
    {
        var entries = ManifestEntries.Many(2_000);
        using var stream = new MemoryStream();

        Assert.Equal(Digest.Of(DatasetManifest.Serialize(entries)), await DatasetManifest.WriteAsync(stream, entries, Token));

        Assert.Equal(DatasetManifest.Serialize(entries), stream.ToArray());
    }

    [Fact]
    public async Task Write_entries_out_of_order_or_twice_is_refused()
    {
        var entries = ManifestEntries.Many(2);
        await Assert.ThrowsAsync<ArgumentException>(() => DatasetManifest.WriteAsync(Stream.Null, entries.Reverse(), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => DatasetManifest.WriteAsync(Stream.Null, [entries[0], entries[0]], Token));
    }

    [Fact]
    public async Task Read_a_damaged_line_names_it()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("{\"digest\": 1}\n"));
        var problem = await Assert.ThrowsAsync<JsonException>(async () => await DatasetManifest.ReadAsync(stream, Token).ToArrayAsync(Token));
        Assert.StartsWith("Line 1 of the manifest", problem.Message);
    }

    [Fact]
    public async Task Read_after_any_digest_equals_skipping_to_it() =>
        await Gen.Select(ManifestEntries.Ordered, Gen.Byte.Array[32], Gen.Int[-1, 39]).SampleAsync(async (entries, other, at) =>
        {
            var after = at < 0 ? null : at < entries.Length ? entries[at].Digest : Convert.ToHexStringLower(other);
            using var stream = new MemoryStream(DatasetManifest.Serialize(entries));
            var read = await DatasetManifest.ReadAfterAsync(stream, after, Token).ToArrayAsync(Token);
            Assert.Equal(entries.Where(entry => string.CompareOrdinal(entry.Digest, after) > 0), read);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // all digests begin alike, so that interpolation is of no use
    public async Task Read_after_a_digest_of_a_long_manifest_equals_skipping_to_it(bool alike)
    {
        var entries = ManifestEntries.Many(5_000);
        if (alike) entries = [.. entries.Select(entry => entry with { Digest = $"{new string('3', 20)}{entry.Digest[..44]}" })];
        entries[2_000] = entries[2_000] with { File = new string('y', 200_000) }; // many pieces long
        var manifest = DatasetManifest.Serialize(entries);
        foreach (var at in (int[])[0, 1, 17, 1_998, 1_999, 2_000, 2_001, 2_002, 3_333, 4_998, 4_999])
        {
            var read = await DatasetManifest.ReadAfterAsync(new MemoryStream(manifest), entries[at].Digest, Token).ToArrayAsync(Token);
            Assert.Equal(entries[(at + 1)..], read);
        }
        Assert.Equal(entries, await DatasetManifest.ReadAfterAsync(new MemoryStream(manifest), new string('0', 64), Token).ToArrayAsync(Token));
        Assert.Empty(await DatasetManifest.ReadAfterAsync(new MemoryStream(manifest), new string('f', 64), Token).ToArrayAsync(Token));
    }

    [Fact]
    public async Task Read_after_a_digest_of_a_long_manifest_reads_little_of_it()
    {
        var entries = ManifestEntries.Many(20_000);
        using var stream = new CountingStream(DatasetManifest.Serialize(entries));
        foreach (var entry in entries.Where((_, i) => i % 97 == 0).SkipLast(1))
        {
            (stream.Seeks, stream.BytesRead) = (0, 0);
            await DatasetManifest.ReadAfterAsync(stream, entry.Digest, Token).FirstAsync(Token);
            Assert.InRange(stream.Seeks, 1, 8);
            Assert.InRange(stream.BytesRead, 1, 300_000);
        }
    }

    private sealed class CountingStream(byte[] content) : MemoryStream(content)
    {
        public int Seeks { get; set; }

        public long BytesRead { get; set; }

        public override long Position
        {
            get => base.Position;
            set
            {
                Seeks++;
                base.Position = value;
            }
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            return read;
        }
    }
}
