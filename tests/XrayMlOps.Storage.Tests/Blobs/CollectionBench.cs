using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage.Blobs;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.Storage.Tests.Blobs;

/// <summary>A registry, a store and what pushes do with them.</summary>
public sealed class CollectionBench(TemporaryRegistry registry, IBlobStore blobs, DirectoryInfo? folder = null) : IAsyncDisposable
{
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public TemporaryRegistry Registry => registry;

    public IBlobStore Blobs => blobs;

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <param name="store">In place of the bench's own.</param>
    public async Task<CollectResponse> CollectAsync(bool dryRun = false, IBlobStore? store = null)
    {
        using var collection = new BlobCollection(registry.Database, store ?? blobs, _clock, NullLogger<BlobCollection>.Instance);
        return await collection.CollectAsync(dryRun, Token);
    }

    public void SetClock(DateTimeOffset now) => _clock.Set(now);

    public void LetPinsRunOut() => SetClock(Now.AddHours(2));

    /// <summary>Stores content that only a pin of an hour keeps.</summary>
    public async Task<string> PutPinnedAsync(byte[] content)
    {
        var digest = Digest.Of(content);
        await using (var context = registry.Open()) await context.PinBlobsAsync([digest], Now.AddHours(1), Token);
        return await blobs.PutAsync(new MemoryStream(content), digest, Token);
    }

    /// <summary>What a push does with a film: pins it, and stores it if the registry does not know it.</summary>
    public async Task<string> PushFilmAsync(byte[] content)
    {
        var digest = Digest.Of(content);
        await using var context = registry.Open();
        await context.PinBlobsAsync([digest], Now.AddHours(1), Token);
        if (await context.Images.AnyAsync(image => image.Digest == digest, Token)) return digest;
        await blobs.PutAsync(new MemoryStream(content), digest, Token);
        await using var transaction = await context.BeginAloneAsync(Token);
        if (!await context.Images.AnyAsync(image => image.Digest == digest, Token))
        {
            context.Images.Add(new Image
            {
                Digest = digest,
                Bytes = content.Length,
                Width = 1,
                Height = 1,
                Format = "png",
                PerceptualHash = digest,
                Mean = 0,
                Deviation = 0,
                Thumbnail = [],
            });
            await context.SaveChangesAsync(Token);
        }
        await transaction.CommitAsync(Token);
        return digest;
    }

    /// <summary>Makes a version of films that were pushed, packed, with a report.</summary>
    public async Task<DatasetVersion> PublishAsync(string dataset, params IReadOnlyList<string> films)
    {
        var entries = films.Select(film => new ManifestEntry
        {
            Digest = film,
            Label = ImageLabel.Normal,
            Patient = film,
            Split = Split.Train,
            File = $"{film}.png",
            Bytes = 1,
            Width = 1,
            Height = 1,
        });
        var manifest = await PutPinnedAsync(DatasetManifest.Serialize(entries));
        var packed = await PutPinnedAsync([.. "tensors of "u8, .. Convert.FromHexString(manifest)]);
        var report = await PutPinnedAsync([.. "report on "u8, .. Convert.FromHexString(manifest)]);
        await using var context = registry.Open();
        await using var transaction = await context.BeginAloneAsync(Token);
        if (await context.Datasets.FindAsync([dataset], Token) is null) context.Datasets.Add(new Dataset { Name = dataset, CreatedAt = Now });
        var version = new DatasetVersion
        {
            DatasetName = dataset,
            Number = 1 + await context.DatasetVersions.CountAsync(row => row.DatasetName == dataset, Token),
            Digest = manifest,
            CreatedAt = Now,
            Images = films.Count,
            Patients = films.Count,
            Bytes = films.Count,
            Split = new SplitRule(),
            Counts = [],
            ReportDigest = report,
        };
        context.DatasetVersions.Add(version);
        if (await context.PackedDatasets.FindAsync([manifest, "p", 0], Token) is null)
            context.PackedDatasets.Add(new PackedDataset { ManifestDigest = manifest, PreprocessingHash = "p", Shard = 0, BlobDigest = packed });
        await context.SaveChangesAsync(Token);
        await transaction.CommitAsync(Token);
        return version;
    }

    public async Task DeleteAsync(DatasetVersion version)
    {
        await using var context = registry.Open();
        await context.DatasetVersions.Where(row => row.Id == version.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.DeletedAt, Now), Token);
    }

    public Task<List<string>> ImagesAsync()
    {
        using var context = registry.Open();
        return Task.FromResult(context.Images.Select(image => image.Digest).ToList());
    }

    public async Task<Dictionary<string, long>> StoredAsync() =>
        await blobs.ListAsync(Token).ToDictionaryAsync(blob => blob.Digest, blob => blob.Bytes, cancellationToken: Token);

    /// <summary>All that the versions that are not deleted name.</summary>
    public async Task<HashSet<string>> NamedAsync()
    {
        await using var context = registry.Open();
        HashSet<string> named = [];
        foreach (var version in await context.LiveDatasetVersions().ToListAsync(Token))
        {
            named.UnionWith([version.Digest, version.ReportDigest!]);
            named.UnionWith(await context.PackedDatasets.Where(packed => packed.ManifestDigest == version.Digest).Select(packed => packed.BlobDigest).ToListAsync(Token));
            await using var manifest = await blobs.OpenReadAsync(version.Digest, Token);
            await foreach (var film in DatasetManifest.ReadAsync(manifest, Token)) named.Add(film.Digest);
        }
        return named;
    }

    public async ValueTask DisposeAsync()
    {
        await registry.DisposeAsync();
        folder?.Delete(recursive: true);
    }
}
