using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Storage.Datasets;

/// <summary>A film in the blob store that was decoded whole once and found good, whatever datasets name it.</summary>
public sealed class Image
{
    public required string Digest { get; init; }

    /// <summary>Size of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <inheritdoc cref="FilmFacts.Format"/>
    public required string Format { get; init; }

    /// <inheritdoc cref="FilmFacts.PerceptualHash"/>
    public required string PerceptualHash { get; init; }

    /// <inheritdoc cref="FilmFacts.Mean"/>
    public required double Mean { get; init; }

    /// <inheritdoc cref="FilmFacts.Deviation"/>
    public required double Deviation { get; init; }

    /// <inheritdoc cref="FilmFacts.Thumbnail"/>
    public required byte[] Thumbnail { get; init; }

    public FilmFacts ToFacts() => new()
    {
        Digest = Digest,
        Bytes = Bytes,
        Width = Width,
        Height = Height,
        Format = Format,
        PerceptualHash = PerceptualHash,
        Mean = Mean,
        Deviation = Deviation,
        Thumbnail = Thumbnail,
    };

    public static Image Of(FilmFacts facts) => new()
    {
        Digest = facts.Digest,
        Bytes = facts.Bytes,
        Width = facts.Width,
        Height = facts.Height,
        Format = facts.Format,
        PerceptualHash = facts.PerceptualHash,
        Mean = facts.Mean,
        Deviation = facts.Deviation,
        Thumbnail = facts.Thumbnail,
    };
}

/// <summary>A shard of the tensors of a dataset version under one preprocessing: derived, so they can be made again from the films.</summary>
public sealed class PackedDataset
{
    /// <summary>Digest of the dataset version's manifest.</summary>
    public required string ManifestDigest { get; init; }

    public required string PreprocessingHash { get; init; }

    /// <summary>From 0; all shards of a version are written in one transaction.</summary>
    public required int Shard { get; init; }

    /// <summary>The npz file in the blob store.</summary>
    public required string BlobDigest { get; init; }
}

internal sealed class ImageTable : IEntityTypeConfiguration<Image>, IEntityTypeConfiguration<PackedDataset>
{
    public void Configure(EntityTypeBuilder<Image> builder) => builder.HasKey(image => image.Digest);

    public void Configure(EntityTypeBuilder<PackedDataset> builder) =>
        builder.HasKey(packed => new { packed.ManifestDigest, packed.PreprocessingHash, packed.Shard });
}
