using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.ControlPlane.Blobs;

/// <summary>Keeps blobs from collection between the moment that they are stored and the moment that something names them.</summary>
internal sealed class BlobPinning(
    IDbContextFactory<RegistryDbContext> registries, IBlobStore blobs, TimeProvider clock, IOptions<ControlPlaneOptions> options)
{
    /// <summary>Whether a blob is pinned for long enough to be uploaded and named.</summary>
    public Task<bool> IsPinnedAsync(RegistryDbContext registry, string digest, CancellationToken cancellationToken)
    {
        var enough = clock.GetUtcNow() + options.Value.PinTime / 2;
        return registry.BlobPins.AnyAsync(pin => pin.Digest == digest && pin.Until > enough, cancellationToken);
    }

    /// <summary>Pins blobs, or prolongs their pins.</summary>
    public async Task PinAsync(RegistryDbContext registry, IReadOnlyCollection<string> digests, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + options.Value.PinTime;
        await using var own = registry.Database.CurrentTransaction is null ? await registry.BeginAloneAsync(cancellationToken) : null;
        var some = digests.ToArray();
        await registry.BlobPins.Where(pin => EF.Parameter(some).Contains(pin.Digest) && pin.Until < until)
            .ExecuteUpdateAsync(set => set.SetProperty(pin => pin.Until, until), cancellationToken);
        var pinned = await registry.BlobPins.Where(pin => EF.Parameter(some).Contains(pin.Digest)).Select(pin => pin.Digest).ToHashSetAsync(cancellationToken);
        registry.BlobPins.AddRange(some.Where(digest => !pinned.Contains(digest)).Select(digest => new BlobPin { Digest = digest, Until = until }));
        await registry.SaveChangesAsync(cancellationToken);
        if (own is not null) await own.CommitAsync(cancellationToken);
    }

    /// <summary>Pins and stores a blob; answers its digest.</summary>
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
