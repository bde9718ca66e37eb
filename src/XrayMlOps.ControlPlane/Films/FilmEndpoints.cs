using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using XrayMlOps.ControlPlane.Access;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.ControlPlane.Films;

internal static class FilmEndpoints
{
    public static void MapFilms(this IEndpointRouteBuilder api)
    {
        var films = api.MapGroup("/films").WithTags("Films");
        films.MapPost("/missing", FindMissing).RequireAuthorization(Policies.Change).ChangesNothing();
        films.MapPut("/{digest}", Put).RequireAuthorization(Policies.Change).ChangesNothing()
            .WithMetadata(new RequestSizeLimitAttribute(api.ServiceProvider.GetRequiredService<IOptions<ImagingLimits>>().Value.MaxBytes)).Accepts<Stream>("application/octet-stream");
    }

    private static async Task<Results<Created, Ok, ProblemHttpResult>> Put(
        string digest, HttpRequest request, FilmIntake intake, CancellationToken cancellationToken)
    {
        if (!Digest.IsValid(digest)) return Refuse.NoDigest(digest);
        var film = await intake.TakeAsync(digest, request.Body, request.ContentLength, cancellationToken);
        if (film.Refusal is { } reason) return Refuse.Unprocessable(reason);
        return film.IsNew ? TypedResults.Created($"/api/blobs/{digest}") : TypedResults.Ok();
    }

    private static async Task<Results<Ok<MissingFilmsResponse>, ProblemHttpResult>> FindMissing(
        MissingFilmsRequest request, MissingFilms films, CancellationToken cancellationToken)
    {
        if (request.Digests.Count > MissingFilms.MostDigests)
            return Refuse.Unprocessable($"digests: {request.Digests.Count:N0} of them; ask for {MissingFilms.MostDigests:N0} at most at a time");
        if (request.Digests.FirstOrDefault(digest => !Digest.IsValid(digest)) is { } bad) return Refuse.NoDigest(bad);
        return TypedResults.Ok(new MissingFilmsResponse(await films.FindAsync(request.Digests, request.Verify, cancellationToken)));
    }
}
