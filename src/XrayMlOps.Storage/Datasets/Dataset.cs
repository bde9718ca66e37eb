using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Storage.Datasets;

/// <summary>A line of dataset versions under one name.</summary>
public sealed class Dataset
{
    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public List<DatasetVersion> Versions { get; } = [];
}

/// <summary>An immutable set of films. <see cref="Digest"/> names its manifest in the blob store.</summary>
public sealed class DatasetVersion
{
    public int Id { get; init; }

    public required string DatasetName { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required int Number { get; init; }

    public required string Digest { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required int Images { get; init; }

    public required int Patients { get; init; }

    public required long Bytes { get; init; }

    public required SplitRule Split { get; init; }

    public required IReadOnlyList<SplitCounts> Counts { get; init; }

    /// <summary>The version that it was made from.</summary>
    public int? BaseId { get; init; }

    public DatasetVersion? Base { get; init; }

    /// <summary>The version whose test set it keeps.</summary>
    public int? FrozenTestId { get; init; }

    public DatasetVersion? FrozenTest { get; init; }

    public string? Note { get; init; }

    /// <summary>Of its <see cref="QualityReport"/>, JSON in the blob store; null in versions made before there was one.</summary>
    public string? ReportDigest { get; init; }

    public List<DatasetTag> Tags { get; } = [];

    /// <summary>When it was deleted. The row stays, so that its number is never given again and runs remember what they used; its blobs go.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public string? DeletedBy { get; set; }

    public string? DeletedReason { get; set; }

    /// <summary><c>name@number</c>.</summary>
    public string Reference => $"{DatasetName}@{Number}";

    /// <summary>Needs <see cref="Tags"/>, <see cref="Base"/> and <see cref="FrozenTest"/> loaded.</summary>
    public DatasetVersionResponse ToResponse() => new(
        DatasetName, Number, Digest, CreatedAt, Images, Patients, Bytes, Split, Counts, [.. Tags.Select(tag => tag.Tag).Order(StringComparer.Ordinal)],
        Base?.Reference, FrozenTest?.Reference, Note);
}

/// <summary>A name that points at a version of its dataset, and may be moved.</summary>
public sealed class DatasetTag
{
    public required string DatasetName { get; init; }

    public required string Tag { get; init; }

    public required int VersionId { get; set; }

    public required DateTimeOffset MovedAt { get; set; }
}

internal sealed class DatasetTable : IEntityTypeConfiguration<Dataset>, IEntityTypeConfiguration<DatasetVersion>, IEntityTypeConfiguration<DatasetTag>
{
    public void Configure(EntityTypeBuilder<Dataset> builder)
    {
        builder.HasKey(dataset => dataset.Name);
        builder.HasMany(dataset => dataset.Versions).WithOne().HasForeignKey(version => version.DatasetName).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<DatasetVersion> builder)
    {
        builder.HasIndex(version => new { version.DatasetName, version.Number }).IsUnique();
        builder.HasIndex(version => version.Digest);
        builder.Ignore(version => version.Reference);
        builder.HasOne(version => version.Base).WithMany().HasForeignKey(version => version.BaseId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(version => version.FrozenTest).WithMany().HasForeignKey(version => version.FrozenTestId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(version => version.Tags).WithOne().HasForeignKey(tag => tag.VersionId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<DatasetTag> builder) => builder.HasKey(tag => new { tag.DatasetName, tag.Tag });
}
