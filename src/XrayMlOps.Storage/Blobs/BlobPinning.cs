using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage.Blobs;

/// <summary>How long blobs are kept for whoever is about to name them.</summary>
public sealed class BlobOptions
{
    public const string Section = "Blobs";

    /// <summary>From 1 minute to 7 days: longer than the longest push takes from its first question to its version.</summary>
    [Range(1, 10_080)]
    public int PinMinutes { get; set; } = 60;
}

/// <summary>Keeps blobs from collection between the moment that they are stored and the moment that something names them.</summary>
public sealed class BlobPinning(IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, TimeProvider clock, IOptions<BlobOptions> options)
{
    private const int MostRemembered = 1 << 20;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _remembered = new(StringComparer.Ordinal);

    private TimeSpan PinTime => TimeSpan.FromMinutes(options.Value.PinMinutes);

    /// <summary>
    /// Whether this host pinned a blob, for at least half of the usual time still: then it need not be pinned again. No pin is taken back before its
    /// time, so that the database need not be asked.
    /// </summary>
    public bool IsPinnedHere(string digest) => _remembered.TryGetValue(digest, out var until) && until > clock.GetUtcNow() + PinTime / 2;

    /// <inheritdoc cref="BlobPins.PinBlobsAsync"/>
    public async Task PinAsync(RegistryDbContext registry, IReadOnlyCollection<string> digests, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + PinTime;
        await registry.PinBlobsAsync(digests, until, cancellationToken);
        if (registry.Database.CurrentTransaction is not null) return; // it may yet be rolled back
        if (_remembered.Count > MostRemembered) _remembered.Clear();
        foreach (var digest in digests) _remembered[digest] = until;
    }

    /// <summary>Pins blobs once more that were stored a while ago: their pins may have run out.</summary>
    /// <returns>One that a collection took, or null: then all of them stay.</returns>
    public async Task<string?> RenewAsync(RegistryDbContext registry, IReadOnlyCollection<string> digests, CancellationToken cancellationToken)
    {
        await PinAsync(registry, digests, cancellationToken);
        foreach (var digest in digests)
        {
            if (!await blobs.ExistsAsync(digest, cancellationToken)) return digest;
        }
        return null;
    }

    /// <summary>Pins and stores a blob, to be named soon; answers its digest.</summary>
    /// <param name="content">Seekable; stored from its beginning.</param>
    public async Task<string> PutAsync(Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var digest = await Digest.OfAsync(content, cancellationToken);
        await using (var registry = await registries.CreateDbContextAsync(cancellationToken)) await PinAsync(registry, [digest], cancellationToken);
        content.Position = 0;
        return await blobs.PutAsync(content, digest, cancellationToken);
    }
}
