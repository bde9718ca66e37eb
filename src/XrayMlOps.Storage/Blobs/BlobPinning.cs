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
    private TimeSpan PinTime => TimeSpan.FromMinutes(options.Value.PinMinutes);

    /// <summary>Whether a blob is pinned for at least half of the usual time.</summary>
    public Task<bool> IsPinnedAsync(RegistryDbContext registry, string digest, CancellationToken cancellationToken)
    {
        var enough = clock.GetUtcNow() + PinTime / 2;
        return registry.BlobPins.AnyAsync(pin => pin.Digest == digest && pin.Until > enough, cancellationToken);
    }

    /// <inheritdoc cref="BlobPins.PinBlobsAsync"/>
    public Task PinAsync(RegistryDbContext registry, IEnumerable<string> digests, CancellationToken cancellationToken) =>
        registry.PinBlobsAsync(digests, clock.GetUtcNow() + PinTime, cancellationToken);

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
