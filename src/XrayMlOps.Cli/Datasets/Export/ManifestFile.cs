using System.Text.Json.Serialization;
using Parquet.Serialization;
using Parquet.Serialization.Attributes;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Export;

internal enum ManifestFormat
{
    Jsonl,
    Parquet,
}

/// <summary>Writes a version's manifest beside its films.</summary>
internal static class ManifestFile
{
    /// <summary>Answers with the file's name.</summary>
    public static async Task<string> WriteAsync(string folder, IReadOnlyList<ManifestEntry> films, ManifestFormat format, CancellationToken cancellationToken)
    {
        var name = format == ManifestFormat.Parquet ? "manifest.parquet" : "manifest.jsonl";
        await using var file = File.Create(Path.Combine(folder, name));
        if (format == ManifestFormat.Parquet) await ParquetSerializer.SerializeAsync(films.Select(FilmRow.Of), file, cancellationToken: cancellationToken);
        else await DatasetManifest.WriteAsync(file, films, cancellationToken);
        return name;
    }

    /// <summary>A line of the manifest as a row: columns named as the JSON names them.</summary>
    private sealed class FilmRow
    {
        [JsonPropertyName("digest"), ParquetRequired]
        public string Digest { get; init; } = "";

        [JsonPropertyName("label"), ParquetRequired]
        public string Label { get; init; } = "";

        [JsonPropertyName("patient"), ParquetRequired]
        public string Patient { get; init; } = "";

        [JsonPropertyName("split"), ParquetRequired]
        public string Split { get; init; } = "";

        [JsonPropertyName("file"), ParquetRequired]
        public string File { get; init; } = "";

        [JsonPropertyName("bytes")]
        public long Bytes { get; init; }

        [JsonPropertyName("width")]
        public int Width { get; init; }

        [JsonPropertyName("height")]
        public int Height { get; init; }

        [JsonPropertyName("perceptualHash")]
        public string? PerceptualHash { get; init; }

        public static FilmRow Of(ManifestEntry film) => new()
        {
            Digest = film.Digest,
            Label = film.Label.Name(),
            Patient = film.Patient,
            Split = film.Split.ToString().ToLowerInvariant(),
            File = film.File,
            Bytes = film.Bytes,
            Width = film.Width,
            Height = film.Height,
            PerceptualHash = film.PerceptualHash,
        };
    }
}
