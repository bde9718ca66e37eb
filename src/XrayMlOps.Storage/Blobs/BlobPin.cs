using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace XrayMlOps.Storage.Blobs;

/// <summary>A blob that no collection removes for a while, for somebody is about to name it.</summary>
public sealed class BlobPin
{
    public required string Digest { get; init; }

    public required DateTimeOffset Until { get; set; }
}

internal sealed class BlobPinTable : IEntityTypeConfiguration<BlobPin>
{
    public void Configure(EntityTypeBuilder<BlobPin> builder)
    {
        builder.HasKey(pin => pin.Digest);
        builder.HasIndex(pin => pin.Until);
    }
}
