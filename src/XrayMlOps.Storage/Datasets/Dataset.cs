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

    /// <summary><c>name@number</c>.</summary>
    public string Reference => $"{DatasetName}@{Number}";

    public DatasetVersionResponse ToResponse() => new(DatasetName, Number, Digest, CreatedAt, Images, Patients, Bytes, Split, Counts);
}

internal sealed class DatasetTable : IEntityTypeConfiguration<Dataset>, IEntityTypeConfiguration<DatasetVersion>
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
    }
}
