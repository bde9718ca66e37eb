using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Storage.Models;

/// <summary>A line of model versions under one name.</summary>
public sealed class RegisteredModel
{
    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public List<ModelVersion> Versions { get; } = [];

    public List<ModelAlias> Aliases { get; } = [];
}

/// <summary>The model of one run. <see cref="Digest"/> names its ONNX file in the blob store.</summary>
public sealed class ModelVersion
{
    public int Id { get; init; }

    public required string ModelName { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required int Version { get; init; }

    public required int RunId { get; init; }

    public Run Run { get; init; } = null!;

    public required string Digest { get; init; }

    public required long Bytes { get; init; }

    public required string PreprocessingHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The version that a name such as <c>champion</c> means now; moved only by a <see cref="Promotion"/>.</summary>
public sealed class ModelAlias
{
    public required string ModelName { get; init; }

    public required string Alias { get; init; }

    public required int Version { get; set; }
}

/// <summary>An entry of the ledger: an alias moved. Never changed or removed.</summary>
public sealed class Promotion
{
    public long Id { get; init; }

    public required string ModelName { get; init; }

    public required string Alias { get; init; }

    public required int Version { get; init; }

    public int? PreviousVersion { get; init; }

    public string? By { get; init; }

    public string? Reason { get; init; }

    public required DateTimeOffset At { get; init; }
}

internal sealed class ModelTable
    : IEntityTypeConfiguration<RegisteredModel>, IEntityTypeConfiguration<ModelVersion>, IEntityTypeConfiguration<ModelAlias>, IEntityTypeConfiguration<Promotion>
{
    public void Configure(EntityTypeBuilder<RegisteredModel> builder)
    {
        builder.HasKey(model => model.Name);
        builder.HasMany(model => model.Versions).WithOne().HasForeignKey(version => version.ModelName).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(model => model.Aliases).WithOne().HasForeignKey(alias => alias.ModelName).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<ModelVersion> builder)
    {
        builder.HasOne(version => version.Run).WithMany(run => run.Models).HasForeignKey(version => version.RunId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(version => new { version.ModelName, version.Version }).IsUnique();
        builder.HasIndex(version => new { version.ModelName, version.RunId }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ModelAlias> builder) => builder.HasKey(alias => new { alias.ModelName, alias.Alias });

    public void Configure(EntityTypeBuilder<Promotion> builder)
    {
        builder.HasOne<RegisteredModel>().WithMany().HasForeignKey(promotion => promotion.ModelName).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(promotion => new { promotion.ModelName, promotion.Id });
    }
}
