using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace XrayMlOps.Storage.Blobs;

public static class BlobPins
{
    // One parameter each, as JSON.
    private const int DigestsPerStatement = 5_000;

    /// <summary>
    /// Keeps blobs from collection until a moment, whether they are in the store yet or not; a pin that lasts longer stays. Once this has
    /// returned, a blob that the registry knows is in the store and remains there.
    /// </summary>
    public static async Task PinBlobsAsync(this RegistryDbContext registry, IEnumerable<string> digests, DateTimeOffset until, CancellationToken cancellationToken)
    {
        // A collection works alone: on SQLite as the only writer; on PostgreSQL pins must wait for it, but not for each other.
        await using var transaction = registry.Database.CurrentTransaction is null ? await registry.BeginBesideOthersAsync(cancellationToken) : null;
        // In one order, so that two who pin the same blobs never wait for each other in a circle.
        foreach (var some in digests.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(DigestsPerStatement))
        {
            var json = JsonSerializer.Serialize(some);
            await (registry.Database.IsNpgsql()
                ? registry.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "BlobPins" ("Digest", "Until") SELECT digest, {until.UtcTicks} FROM json_array_elements_text({json}::json) AS digest
                    ON CONFLICT ("Digest") DO UPDATE SET "Until" = excluded."Until" WHERE excluded."Until" > "BlobPins"."Until"
                    """, cancellationToken)
                : registry.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "BlobPins" ("Digest", "Until") SELECT value, {until.UtcTicks} FROM json_each({json}) WHERE true
                    ON CONFLICT ("Digest") DO UPDATE SET "Until" = excluded."Until" WHERE excluded."Until" > "BlobPins"."Until"
                    """, cancellationToken));
        }
        if (transaction is not null) await transaction.CommitAsync(cancellationToken);
    }
}
