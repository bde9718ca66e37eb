using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.ControlPlane.Blobs;

internal static class BlobEndpoints
{
    private const long LargestBlob = 1L << 30;

    public static void MapBlobs(this IEndpointRouteBuilder api)
    {
        var blobs = api.MapGroup("/blobs").WithTags("Blobs");
        blobs.MapPost("/missing", FindMissing);
        blobs.MapPut("/{digest}", Put).WithMetadata(new RequestSizeLimitAttribute(LargestBlob)).Accepts<Stream>("application/octet-stream");
        blobs.MapGet("/{digest}", Get);
    }

    private static async Task<Results<Ok<MissingFilmsResponse>, ProblemHttpResult>> FindMissing(
        MissingFilmsRequest request, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (request.Digests.FirstOrDefault(digest => !Digest.IsValid(digest)) is { } bad) return NoDigest(bad);
        List<string> missing = [];
        foreach (var digest in request.Digests.Distinct())
        {
            if (!await blobs.ExistsAsync(digest, cancellationToken)) missing.Add(digest);
        }
        return TypedResults.Ok(new MissingFilmsResponse(missing));
    }

    private static async Task<Results<Created, Ok, ProblemHttpResult>> Put(string digest, HttpRequest request, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (!Digest.IsValid(digest)) return NoDigest(digest);
        if (await blobs.ExistsAsync(digest, cancellationToken)) return TypedResults.Ok();
        try
        {
            await blobs.PutAsync(request.Body, digest, cancellationToken);
            return TypedResults.Created($"/api/blobs/{digest}");
        }
        catch (BlobDigestMismatchException mismatch)
        {
            return Refuse.Unprocessable(mismatch.Message);
        }
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> Get(
        string digest, HttpResponse response, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (!Digest.IsValid(digest)) return NoDigest(digest);
        try
        {
            var content = await blobs.OpenReadAsync(digest, cancellationToken);
            response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return TypedResults.Stream(content, "application/octet-stream", entityTag: new EntityTagHeaderValue($"\"{digest}\""), enableRangeProcessing: true);
        }
        catch (BlobNotFoundException missing)
        {
            return Refuse.NotFound(missing.Message);
        }
    }

    private static ProblemHttpResult NoDigest(string? text) => Refuse.BadRequest($"'{text}' is no digest: give the SHA-256 as 64 lower-case hexadecimal digits.");
}
