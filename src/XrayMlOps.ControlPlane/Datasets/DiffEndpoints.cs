using Microsoft.AspNetCore.Http.HttpResults;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>What changed between two versions, of one dataset or of two.</summary>
internal static class DiffEndpoints
{
    public static void MapDiff(this IEndpointRouteBuilder datasets)
    {
        datasets.MapGet("/{from}/diff/{to}", Count).RequireAuthorization(Policies.Look);
        datasets.MapGet("/{from}/diff/{to}/films", ListChanges).RequireAuthorization(Policies.Look).Produces<FilmChange>(contentType: JsonLines.ContentType);
    }

    private static async Task<Results<Ok<DatasetDiff>, ProblemHttpResult>> Count(
        string from, string to, RegistryDbContext registry, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var (old, now, problem) = await FindAsync(from, to, registry, cancellationToken);
        if (problem is not null) return problem;
        await using var before = await blobs.OpenReadAsync(old!.Digest, cancellationToken);
        await using var after = await blobs.OpenReadAsync(now!.Digest, cancellationToken);
        return TypedResults.Ok(await DatasetComparison.CountAsync(
            old.Reference, now.Reference, DatasetManifest.ReadAsync(before, cancellationToken), DatasetManifest.ReadAsync(after, cancellationToken), cancellationToken));
    }

    private static async Task<IResult> ListChanges(string from, string to, RegistryDbContext registry, IBlobStore blobs, CancellationToken cancellationToken)
    {
        var (old, now, problem) = await FindAsync(from, to, registry, cancellationToken);
        if (problem is not null) return problem;
        return TypedResults.Stream(async body =>
        {
            await using var before = await blobs.OpenReadAsync(old!.Digest, cancellationToken);
            await using var after = await blobs.OpenReadAsync(now!.Digest, cancellationToken);
            var changes = DatasetComparison.ChangesAsync(
                DatasetManifest.ReadAsync(before, cancellationToken), DatasetManifest.ReadAsync(after, cancellationToken), cancellationToken);
            await foreach (var change in changes) await JsonLines.WriteAsync(body, change, cancellationToken);
        }, JsonLines.ContentType);
    }

    private static async Task<(DatasetVersion? Old, DatasetVersion? Now, ProblemHttpResult? Problem)> FindAsync(
        string from, string to, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var old = await registry.FindVersionAsync(from, cancellationToken);
        var now = await registry.FindVersionAsync(to, cancellationToken);
        return (old.Version, now.Version, old.Problem ?? now.Problem);
    }
}
