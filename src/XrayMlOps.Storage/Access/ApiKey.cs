using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using XrayMlOps.Core.Access;

namespace XrayMlOps.Storage.Access;

/// <summary>An API key that the platform gave out. The key itself is nowhere: its owner saw it once.</summary>
public sealed class ApiKey
{
    /// <summary>Public: the middle part of the key that was given out first.</summary>
    public required string Id { get; init; }

    /// <summary>Of one key at a time, among those that are not revoked.</summary>
    public required string Name { get; init; }

    public required Role Role { get; init; }

    /// <summary>See <see cref="ApiKeyDigest"/>.</summary>
    public required string Digest { get; set; }

    /// <summary>Of the key before the last rotation.</summary>
    public string? PreviousDigest { get; set; }

    /// <summary>Until when the key before the last rotation is good too.</summary>
    public DateTimeOffset? PreviousUntil { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RotatedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public string? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What a host that checks keys must know: of the key, and of the one before it while both are good.</summary>
    public IEnumerable<ApiKeyVerifier> Verifiers()
    {
        yield return new ApiKeyVerifier(Id, Name, Role, Digest, ExpiresAt, RevokedAt);
        if (PreviousDigest is not { } previous || PreviousUntil is not { } until) yield break;
        yield return new ApiKeyVerifier(Id, Name, Role, previous, ExpiresAt < until ? ExpiresAt : until, RevokedAt);
    }
}

internal sealed class ApiKeyTable : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.HasKey(key => key.Id);
        builder.HasIndex(key => key.Name);
    }
}
