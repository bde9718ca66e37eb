using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

internal static class DatasetEndpoints
{
    private const string JsonLines = "application/x-ndjson";
    private const long LargestPush = 1L << 28;
    private static readonly TimeSpan s_betweenProgress = TimeSpan.FromMilliseconds(200);

    public static void MapDatasets(this IEndpointRouteBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTags("Datasets");
        datasets.MapPost("/{name}/versions", Push).WithMetadata(new RequestSizeLimitAttribute(LargestPush)).Produces<PushEvent>(contentType: JsonLines);
        datasets.MapGet("/", List);
        datasets.MapGet("/{reference}", Show);
        datasets.MapGet("/{reference}/manifest", ShowManifest).Produces<ManifestEntry>(contentType: JsonLines);
    }

    private static async Task<IResult> Push(string name, PushRequest request, DatasetPush push, CancellationToken cancellationToken)
    {
        var (plan, problems) = PushPlan.Make(name, request);
        if (plan is null) return Refuse.Unprocessable(problems);
        var missing = await push.FindMissingBlobsAsync(plan, cancellationToken);
        if (missing.Count > 0)
            return Refuse.Unprocessable([$"{missing.Count} blobs are not in the store: PUT them to /api/blobs first", .. missing.Select(digest => $"sha256:{digest}")]);
        return TypedResults.Stream(async body =>
        {
            // The push counts films faster than a client wants to hear of them: look at the count from time to time.
            var films = new FilmCount();
            var work = push.RunAsync(plan, films, cancellationToken);
            try
            {
                for (var told = 0; await Task.WhenAny(work, Task.Delay(s_betweenProgress, CancellationToken.None)) != work;)
                {
                    if (films.Done == told) continue;
                    told = films.Done;
                    await WriteLineAsync(body, new PushProgress(told, plan.Films.Count), cancellationToken);
                }
                await WriteLineAsync(body, await work, cancellationToken);
            }
            finally
            {
                await Task.WhenAny(work); // it uses what belongs to this request: even if the client is gone, let it end first
            }
        }, JsonLines);
    }

    private static async Task WriteLineAsync(Stream body, PushEvent line, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(body, line, XrayJson.Compact, cancellationToken);
        await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
        await body.FlushAsync(cancellationToken);
    }

    private static async Task<Ok<Page<DatasetVersionResponse>>> List([AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var after = page.After ?? "";
        var latest = await registry.LiveDatasetVersions()
            .Where(version => version.DatasetName.CompareTo(after) > 0)
            .Where(version => !registry.DatasetVersions.Any(other => other.DatasetName == version.DatasetName && other.Number > version.Number && other.DeletedAt == null))
            .OrderBy(version => version.DatasetName)
            .Take(page.Take)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(latest, version => version.ToResponse(), version => version.DatasetName));
    }

    private static async Task<Results<Ok<DatasetVersionResponse>, ProblemHttpResult>> Show(
        string reference, RegistryDbContext registry, CancellationToken cancellationToken) =>
        await FindAsync(reference, registry, cancellationToken) is { } version ? TypedResults.Ok(version.ToResponse()) : NoDataset(reference);

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ShowManifest(
        string reference, RegistryDbContext registry, IBlobStore blobs, CancellationToken cancellationToken) =>
        await FindAsync(reference, registry, cancellationToken) is { } version
            ? TypedResults.Stream(await blobs.OpenReadAsync(version.Digest, cancellationToken), JsonLines)
            : NoDataset(reference);

    private static async Task<DatasetVersion?> FindAsync(string text, RegistryDbContext registry, CancellationToken cancellationToken) =>
        DatasetReference.TryParse(text, out var reference) ? await registry.FindDatasetVersionAsync(reference, cancellationToken) : null;

    private static ProblemHttpResult NoDataset(string reference) =>
        Refuse.NotFound($"There is no dataset version '{reference}'. Name one as 'name', 'name@latest', 'name@3' or 'name@sha256:…'.");

    private sealed class FilmCount : IProgress<int>
    {
        private volatile int _done;

        public int Done => _done;

        public void Report(int value) => _done = value;
    }
}
