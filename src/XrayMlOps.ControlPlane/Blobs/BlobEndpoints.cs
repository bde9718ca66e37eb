using Microsoft.AspNetCore.Http.HttpResults;
using XrayMlOps.Core.Blobs;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage.Blobs;

namespace XrayMlOps.ControlPlane.Blobs;

internal static class BlobEndpoints
{
    public static void MapBlobs(this IEndpointRouteBuilder api)
    {
        var blobs = api.MapGroup("/blobs").WithTags("Blobs");
        blobs.MapGet("/{digest}", Get).RequireAuthorization(Policies.ReadModels);
        blobs.MapPost("/collect", Collect).RequireAuthorization(Policies.Administer);
    }

    private static async Task<Ok<CollectResponse>> Collect(CollectRequest request, BlobCollection collection, CancellationToken cancellationToken) =>
        TypedResults.Ok(await collection.CollectAsync(request.DryRun, cancellationToken));

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> Get(
        string digest, HttpResponse response, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (!Digest.IsValid(digest)) return Refuse.NoDigest(digest);
        try
        {
            var content = await blobs.OpenReadAsync(digest, cancellationToken);
            response.Headers.CacheControl = EntityTags.ForGood;
            return TypedResults.Stream(content, "application/octet-stream", entityTag: EntityTags.Of(digest), enableRangeProcessing: true);
        }
        catch (BlobNotFoundException missing)
        {
            return Refuse.NotFound(missing.Message);
        }
    }
}
