using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

internal static class TagEndpoints
{
    public static void MapTags(this IEndpointRouteBuilder datasets)
    {
        datasets.MapPut("/{reference}/tags", Put).RequireAuthorization(Policies.Change);
        datasets.MapDelete("/{name}/tags/{tag}", Delete).RequireAuthorization(Policies.Change);
    }

    private static async Task<Results<Ok<DatasetVersionResponse>, ProblemHttpResult>> Put(
        string reference, TagRequest request, RegistryDbContext registry, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!DatasetReference.IsTag(request.Tag))
            return Refuse.Unprocessable($"tag '{request.Tag}': {DatasetReference.NameRule} are allowed, but neither 'latest' nor digits alone, which name versions already");
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var found = await registry.FindVersionAsync(reference, cancellationToken);
        if (found.Version is not { } version) return found.Problem!;
        var now = clock.GetUtcNow();
        if (await registry.DatasetTags.FindAsync([version.DatasetName, request.Tag], cancellationToken) is { } tag)
            (tag.VersionId, tag.MovedAt) = (version.Id, now);
        else
            registry.DatasetTags.Add(new DatasetTag { DatasetName = version.DatasetName, Tag = request.Tag, VersionId = version.Id, MovedAt = now });
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok((await registry.LiveDatasetVersions().SingleAsync(row => row.Id == version.Id, cancellationToken)).ToResponse());
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(string name, string tag, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.DatasetTags.FindAsync([name, tag], cancellationToken) is not { } row) return Refuse.NotFound($"Dataset '{name}' has no tag '{tag}'.");
        registry.DatasetTags.Remove(row);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
