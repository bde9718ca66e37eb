using System.Globalization;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.Storage.Blobs;

/// <summary>A digest in 32 bytes, for sets of very many.</summary>
internal readonly record struct DigestKey(UInt128 High, UInt128 Low)
{
    public static DigestKey Of(string digest) => new(
        UInt128.Parse(digest.AsSpan(0, 32), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        UInt128.Parse(digest.AsSpan(32), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x32}{Low:x32}");
}

/// <summary>The blobs that the registry names: whatever is in one of its rows, and the films in the manifests of versions that are not deleted.</summary>
internal sealed class NamedBlobs(IBlobStore blobs)
{
    private readonly HashSet<DigestKey> _named = [];
    private int _lastVersion;

    /// <summary>All that were marked, in no particular order.</summary>
    public IReadOnlyCollection<DigestKey> All => _named;

    public bool Contains(DigestKey blob) => _named.Contains(blob);

    /// <summary>Marks all that is named now.</summary>
    public async Task MarkAsync(RegistryDbContext registry, CancellationToken cancellationToken)
    {
        await MarkVersionsAsync(registry, cancellationToken);
        foreach (var digests in (IQueryable<string>[])[PackedBlobs(registry), ArtifactBlobs(registry), ModelBlobs(registry)])
        {
            await foreach (var digest in digests.AsAsyncEnumerable().WithCancellation(cancellationToken)) _named.Add(DigestKey.Of(digest));
        }
    }

    /// <summary>Marks those of <paramref name="digests"/> that were named since the last marking.</summary>
    public async Task MarkNewAsync(RegistryDbContext registry, string[] digests, CancellationToken cancellationToken)
    {
        await MarkVersionsAsync(registry, cancellationToken);
        foreach (var rows in (IQueryable<string>[])[PackedBlobs(registry), ArtifactBlobs(registry), ModelBlobs(registry)])
        {
            foreach (var digest in await rows.Where(digest => EF.Parameter(digests).Contains(digest)).ToListAsync(cancellationToken)) _named.Add(DigestKey.Of(digest));
        }
    }

    /// <summary>Versions that came since the last marking; they are made one at a time, so their ids rise.</summary>
    private async Task MarkVersionsAsync(RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var versions = await registry.DatasetVersions.AsNoTracking()
            .Where(version => version.Id > _lastVersion && version.DeletedAt == null).OrderBy(version => version.Id).ToListAsync(cancellationToken);
        foreach (var version in versions)
        {
            // Versions of the same films share a manifest.
            if (_named.Add(DigestKey.Of(version.Digest))) await MarkFilmsAsync(registry, version, cancellationToken);
            if (version.ReportDigest is { } report) _named.Add(DigestKey.Of(report));
            _lastVersion = version.Id;
        }
    }

    private async Task MarkFilmsAsync(RegistryDbContext registry, DatasetVersion version, CancellationToken cancellationToken)
    {
        try
        {
            await using var manifest = await blobs.OpenReadAsync(version.Digest, cancellationToken);
            await foreach (var film in DatasetManifest.ReadAsync(manifest, cancellationToken)) _named.Add(DigestKey.Of(film.Digest));
        }
        catch (BlobNotFoundException lost)
        {
            if (await registry.DatasetVersions.AnyAsync(row => row.Id == version.Id && row.DeletedAt == null, cancellationToken))
            {
                throw new InvalidOperationException(
                    $"The manifest of {version.Reference} (sha256:{version.Digest}) is not in the blob store. Nothing is freed while it cannot be told which films "
                    + "the version names: restore the blob, or delete the version.", lost);
            }
            _named.Remove(DigestKey.Of(version.Digest)); // deleted meanwhile; should the same films be pushed again, they are marked then
        }
    }

    private static IQueryable<string> PackedBlobs(RegistryDbContext registry) => registry.PackedDatasets
        .Where(packed => registry.DatasetVersions.Any(version => version.Digest == packed.ManifestDigest && version.DeletedAt == null)).Select(packed => packed.BlobDigest);

    private static IQueryable<string> ArtifactBlobs(RegistryDbContext registry) => registry.RunArtifacts.Select(artifact => artifact.Digest);

    private static IQueryable<string> ModelBlobs(RegistryDbContext registry) => registry.ModelVersions.Select(model => model.Digest);
}
