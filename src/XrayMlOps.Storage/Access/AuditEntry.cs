using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace XrayMlOps.Storage.Access;

/// <summary>Who changed what, and how. The database itself refuses to change or remove one.</summary>
public sealed class AuditEntry
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Stable, such as <c>key:1f0c33a2b4d5</c> or <c>token:SUBJECT</c>.</summary>
    public required string Caller { get; init; }

    /// <summary>What people call the caller.</summary>
    public required string CallerName { get; init; }

    public required string Role { get; init; }

    /// <summary>The endpoint, such as <c>POST /api/models/{name}/promotions</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The path that was asked for.</summary>
    public required string Target { get; init; }

    /// <summary>A JSON object: what was changed as it was before, by kind and key. Null where there was nothing.</summary>
    public string? Before { get; init; }

    /// <summary>The same as it was afterwards; null where nothing was left.</summary>
    public string? After { get; init; }

    public string? TraceId { get; init; }

    public string? RemoteAddress { get; init; }
}

internal sealed class AuditTable : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder) => builder.HasIndex(entry => new { entry.Caller, entry.Id });
}
