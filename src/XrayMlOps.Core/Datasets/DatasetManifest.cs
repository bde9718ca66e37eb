using System.Text.Json;

namespace XrayMlOps.Core.Datasets;

/// <summary>
/// The content of a dataset version: JSON Lines, one <see cref="ManifestEntry"/> each, ordered by digest. Equal entries give
/// equal bytes, so the SHA-256 of the bytes names the version.
/// </summary>
public static class DatasetManifest
{
    public static byte[] Serialize(IEnumerable<ManifestEntry> entries)
    {
        using var lines = new MemoryStream();
        foreach (var entry in entries.OrderBy(entry => entry.Digest, StringComparer.Ordinal))
        {
            JsonSerializer.Serialize(lines, entry, XrayJson.Compact);
            lines.WriteByte((byte)'\n');
        }
        return lines.ToArray();
    }

    /// <summary>Reads a manifest line by line. Throws <see cref="JsonException"/> naming the line that is not an entry.</summary>
    public static async IAsyncEnumerable<ManifestEntry> ReadAsync(
        Stream manifest, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(manifest);
        for (var line = 1; await reader.ReadLineAsync(cancellationToken) is { } text; line++)
        {
            ManifestEntry? entry;
            try
            {
                entry = JsonSerializer.Deserialize<ManifestEntry>(text, XrayJson.Compact);
            }
            catch (JsonException problem)
            {
                throw new JsonException($"Line {line} of the manifest is not an entry: {problem.Message}", problem);
            }
            yield return entry ?? throw new JsonException($"Line {line} of the manifest is null.");
        }
    }
}
