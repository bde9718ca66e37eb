using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

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

    /// <summary><c>jpeg</c> or <c>png</c>.</summary>
    public required string Format { get; init; }
}

/// <summary>The tensors of a dataset version under one preprocessing: derived, so they can be made again from the films.</summary>
public sealed class PackedDataset
{
    /// <summary>Digest of the dataset version's manifest.</summary>
    public required string ManifestDigest { get; init; }

    public required string PreprocessingHash { get; init; }

    /// <summary>The npz file in the blob store.</summary>
    public required string BlobDigest { get; init; }
}

internal sealed class ImageTable : IEntityTypeConfiguration<Image>, IEntityTypeConfiguration<PackedDataset>
{
    public void Configure(EntityTypeBuilder<Image> builder) => builder.HasKey(image => image.Digest);

    public void Configure(EntityTypeBuilder<PackedDataset> builder) =>
        builder.HasKey(packed => new { packed.ManifestDigest, packed.PreprocessingHash });
}
