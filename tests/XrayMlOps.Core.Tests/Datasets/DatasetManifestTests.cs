using System.Text;
using System.Text.Json;
using CsCheck;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Tests.Datasets;

public sealed class DatasetManifestTests
{
    private static readonly Gen<ManifestEntry> Entry = Gen.Select(
        Gen.Byte.Array[32], Gen.Enum<ImageLabel>(), Gen.String, Gen.Enum<Split>(), Gen.String, Gen.Long[1, long.MaxValue],
        (digest, label, patient, split, file, bytes) => new ManifestEntry
        {
            Digest = Convert.ToHexStringLower(digest),
            Label = label,
            Patient = patient,
            Split = split,
            File = file,
            Bytes = bytes,
            Width = 7,
            Height = 9,
        });

    [Fact]
    public async Task Serialize_then_read_gives_the_entries_ordered_by_digest() =>
        await Entry.Array[0, 30].SampleAsync(async entries =>
        {
            using var stream = new MemoryStream(DatasetManifest.Serialize(entries));
            var read = await DatasetManifest.ReadAsync(stream, TestContext.Current.CancellationToken).ToArrayAsync(TestContext.Current.CancellationToken);
            Assert.Equal(entries.OrderBy(entry => entry.Digest, StringComparer.Ordinal), read);
        });

    [Fact]
    public void Serialize_entries_in_any_order_gives_one_digest() =>
        Gen.Select(Entry.Array[2, 20], Gen.Int).Sample((entries, seed) =>
        {
            var shuffled = entries.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Digest.Of(DatasetManifest.Serialize(entries)) == Digest.Of(DatasetManifest.Serialize(shuffled));
        });

    [Fact]
    public async Task Read_a_damaged_line_names_it()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("{\"digest\": 1}\n"));
        var problem = await Assert.ThrowsAsync<JsonException>(
            async () => await DatasetManifest.ReadAsync(stream, TestContext.Current.CancellationToken).ToArrayAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith("Line 1 of the manifest", problem.Message);
    }
}
