using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

internal static class DatasetEndpoints
{
    public static void MapDatasets(this IEndpointRouteBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTags("Datasets");
        datasets.MapPush();
        datasets.MapGet("/", List);
        datasets.MapGet("/{reference}", Show);
        datasets.MapGet("/{reference}/manifest", ShowManifest).Produces<ManifestEntry>(contentType: JsonLines.ContentType);
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
            ? TypedResults.Stream(await blobs.OpenReadAsync(version.Digest, cancellationToken), JsonLines.ContentType)
            : NoDataset(reference);

    private static async Task<DatasetVersion?> FindAsync(string text, RegistryDbContext registry, CancellationToken cancellationToken) =>
        DatasetReference.TryParse(text, out var reference) ? await registry.FindDatasetVersionAsync(reference, cancellationToken) : null;

    private static ProblemHttpResult NoDataset(string reference) =>
        Refuse.NotFound($"There is no dataset version '{reference}'. Name one as 'name', 'name@latest', 'name@3' or 'name@sha256:…'.");
}
