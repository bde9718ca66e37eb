using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

internal static class DatasetEndpoints
{
    public static void MapDatasets(this IEndpointRouteBuilder api)
    {
        var datasets = api.MapGroup("/datasets").WithTags("Datasets");
        datasets.MapGet("/", List).RequireAuthorization(Policies.Look);
        datasets.MapGet("/{name}/versions", ListVersions).RequireAuthorization(Policies.Look);
        datasets.MapGet("/{reference}", Show).RequireAuthorization(Policies.Look).ProducesProblem(StatusCodes.Status410Gone);
        datasets.MapGet("/{reference}/lineage", ShowLineage).RequireAuthorization(Policies.Look);
        datasets.MapDelete("/{reference}", Delete).RequireAuthorization(Policies.Administer).ProducesProblem(StatusCodes.Status409Conflict);
        datasets.MapPush();
        datasets.MapManifest();
        datasets.MapTags();
        datasets.MapDiff();
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

    private static async Task<Results<Ok<Page<DatasetVersionResponse>>, ProblemHttpResult>> ListVersions(
        string name, [AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (!await registry.Datasets.AnyAsync(dataset => dataset.Name == name, cancellationToken)) return Refuse.NotFound($"There is no dataset '{name}'.");
        var before = page.Before;
        var versions = await registry.LiveDatasetVersions()
            .Where(version => version.DatasetName == name && version.Number < before)
            .OrderByDescending(version => version.Number)
            .Take(page.Take)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(versions, version => version.ToResponse(), version => version.Number));
    }

    private static async Task<Results<Ok<DatasetVersionResponse>, StatusCodeHttpResult, ProblemHttpResult>> Show(
        string reference, HttpContext http, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var found = await registry.FindVersionAsync(reference, cancellationToken);
        if (found.Version is not { } version) return found.Problem!;
        var answer = version.ToResponse();
        if (http.Tag(EntityTags.DigestOf(answer), isForGood: false) is { } unchanged) return unchanged;
        return TypedResults.Ok(answer);
    }

    private static async Task<Results<Ok<DatasetLineage>, ProblemHttpResult>> ShowLineage(
        string reference, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var found = await registry.FindVersionAsync(reference, cancellationToken);
        return found.Version is { } version ? TypedResults.Ok(await registry.LineageOfAsync(version, cancellationToken)) : found.Problem!;
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string reference, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] DeleteDatasetRequest? request, DatasetDeletion deletion,
        RegistryDbContext registry, CancellationToken cancellationToken)
    {
        request ??= new DeleteDatasetRequest();
        if (request.ProblemOf(reference) is { } problem) return Refuse.Unprocessable(problem);
        var found = await registry.FindVersionAsync(reference, cancellationToken);
        if (found.Version is not { } version) return found.Problem!;
        return await deletion.DeleteAsync(version, request, cancellationToken) is { } inUse ? Refuse.Conflict(inUse) : TypedResults.NoContent();
    }
}
