using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace XrayMlOps.Core.Datasets;

/// <summary>
/// The content of a dataset version: JSON Lines, one <see cref="ManifestEntry"/> each, ordered by digest. Equal entries give
/// equal bytes, so the SHA-256 of the bytes names the version.
/// </summary>
public static class DatasetManifest
{
    private const int PieceBytes = 1 << 16;

    /// <summary>A small manifest in memory; the entries may come in any order.</summary>
    public static byte[] Serialize(IEnumerable<ManifestEntry> entries)
    {
        ArrayBufferWriter<byte> lines = new();
        using var json = Writer(lines);
        foreach (var entry in entries.OrderBy(entry => entry.Digest, StringComparer.Ordinal)) WriteLine(lines, json, entry);
        return lines.WrittenSpan.ToArray();
    }

    /// <summary>Writes a manifest of any length piece by piece.</summary>
    /// <param name="manifest">Written from where it stands; stays open.</param>
    /// <param name="entries">Ordered by digest, ordinally, each digest once; otherwise <see cref="ArgumentException"/> is thrown.</param>
    /// <returns>The SHA-256 of what was written, which names the version.</returns>
    public static async Task<string> WriteAsync(Stream manifest, IEnumerable<ManifestEntry> entries, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ArrayBufferWriter<byte> lines = new(2 * PieceBytes);
        await using var json = Writer(lines);
        var last = "";
        foreach (var entry in entries)
        {
            if (string.CompareOrdinal(last, entry.Digest) >= 0)
                throw new ArgumentException($"Film {entry.Digest} follows {last}: a manifest is ordered by digest, each once.", nameof(entries));
            last = entry.Digest;
            WriteLine(lines, json, entry);
            if (lines.WrittenCount >= PieceBytes) await FlushAsync();
        }
        await FlushAsync();
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        async Task FlushAsync()
        {
            hash.AppendData(lines.WrittenSpan);
            await manifest.WriteAsync(lines.WrittenMemory, cancellationToken);
            lines.ResetWrittenCount();
        }
    }

    /// <summary>Reads a manifest line by line, from where the stream stands. Throws <see cref="JsonException"/> naming the line that is not an entry.</summary>
    public static IAsyncEnumerable<ManifestEntry> ReadAsync(Stream manifest, CancellationToken cancellationToken) =>
        ReadAsync(new ManifestLines(manifest), cancellationToken);

    /// <summary>
    /// Reads the entries that follow a digest, whether or not the manifest has that digest. Finds the place in a few probes (digests are
    /// uniform), so a page in the middle of a long manifest costs little more than the first.
    /// </summary>
    /// <param name="manifest">Must be seekable, and hold the manifest alone.</param>
    /// <param name="after">A digest; null reads from the first entry.</param>
    public static async IAsyncEnumerable<ManifestEntry> ReadAfterAsync(
        Stream manifest, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        manifest.Position = after is null ? 0 : await ManifestSearch.FindAsync(manifest, after, cancellationToken);
        await foreach (var entry in ReadAsync(new ManifestLines(manifest), cancellationToken))
        {
            if (string.CompareOrdinal(entry.Digest, after) > 0) yield return entry;
        }
    }

    internal static ManifestEntry Parse(ReadOnlySpan<byte> line, Func<string> where)
    {
        try
        {
            return JsonSerializer.Deserialize<ManifestEntry>(line, XrayJson.Compact) ?? throw new JsonException("it is null");
        }
        catch (JsonException problem)
        {
            throw new JsonException($"{where()} is not an entry: {problem.Message}", problem);
        }
    }

    private static async IAsyncEnumerable<ManifestEntry> ReadAsync(ManifestLines lines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = lines.Position;
        for (var number = 1; await lines.NextAsync(cancellationToken) is { } line; number++)
        {
            yield return Parse(line.Span, () => start == 0 ? $"Line {number} of the manifest" : $"Line {number} from byte {start} of the manifest");
        }
    }

    private static Utf8JsonWriter Writer(IBufferWriter<byte> lines) =>
        new(lines, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default, SkipValidation = true });

    private static void WriteLine(ArrayBufferWriter<byte> lines, Utf8JsonWriter json, ManifestEntry entry)
    {
        JsonSerializer.Serialize(json, entry, XrayJson.Compact);
        json.Flush();
        json.Reset();
        lines.Write("\n"u8);
    }
}
