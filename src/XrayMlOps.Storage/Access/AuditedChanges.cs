using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using XrayMlOps.Core;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Predictions;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Storage.Access;

/// <summary>What is about to be saved, as the audit log tells it: what was set of a new or a removed entity, what was changed of another.</summary>
internal sealed class AuditedChanges
{
    /// <summary>Characters of a value's JSON; of a longer one the log keeps how long it is.</summary>
    private const int LongestValue = 4096;

    /// <summary>What machines write by the thousand, and what the log is itself: their own tables say who and when.</summary>
    private static readonly HashSet<Type> s_untold =
        [typeof(AuditEntry), typeof(Prediction), typeof(Image), typeof(BlobPin), typeof(PackedDataset), typeof(RunEpoch), typeof(RunArtifact), typeof(RunLogPiece)];

    /// <summary>What a key can be recognised by is no secret, but of no use here either.</summary>
    private static readonly HashSet<string> s_hidden = [nameof(ApiKey.Digest), nameof(ApiKey.PreviousDigest)];

    private readonly List<(EntityEntry Entry, EntityState State, Dictionary<string, object?>? Before, Dictionary<string, object?>? After)> _changes = [];

    public bool IsEmpty => _changes.Count == 0;

    public static AuditedChanges Of(DbContext context)
    {
        AuditedChanges changes = new();
        foreach (var entry in context.ChangeTracker.Entries())
        {
            if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted) || s_untold.Contains(entry.Metadata.ClrType)) continue;
            changes._changes.Add((
                entry, entry.State, entry.State == EntityState.Added ? null : Values(entry, property => property.OriginalValue),
                entry.State == EntityState.Deleted ? null : Values(entry, property => property.CurrentValue)));
        }
        return changes;
    }

    /// <summary>To be asked after they are saved: only then a new entity's number is known.</summary>
    public IEnumerable<AuditedChange> Told() => _changes.Select(change => new AuditedChange(
        $"{change.Entry.Metadata.ClrType.Name}/{string.Join('/', change.Entry.Properties.Where(property => property.Metadata.IsPrimaryKey()).Select(property => Convert.ToString(property.CurrentValue, CultureInfo.InvariantCulture)))}",
        change.Before, change.After));

    private static Dictionary<string, object?> Values(EntityEntry entry, Func<PropertyEntry, object?> value) => entry.Properties
        .Where(property => !property.Metadata.IsPrimaryKey() && !(entry.Entity is ApiKey && s_hidden.Contains(property.Metadata.Name)))
        .Where(property => entry.State != EntityState.Modified || property.IsModified)
        .Where(property => value(property) is not null)
        .ToDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Metadata.Name), property => (object?)Shortened(value(property)!));

    private static JsonElement Shortened(object value)
    {
        var json = JsonSerializer.SerializeToElement(value, XrayJson.Compact);
        return json.GetRawText().Length is var length && length <= LongestValue ? json : JsonSerializer.SerializeToElement($"{length} characters", XrayJson.Compact);
    }
}
