using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Access;

namespace XrayMlOps.ControlPlane.Access;

internal static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("Access");
        keys.MapPost("/", Create).RequireAuthorization(Policies.Administer);
        keys.MapGet("/", List).RequireAuthorization(Policies.Administer);
        keys.MapPost("/{id}/rotate", Rotate).RequireAuthorization(Policies.Administer);
        keys.MapDelete("/{id}", Revoke).RequireAuthorization(Policies.Administer);
        keys.MapGet("/verifiers", ListVerifiers).RequireAuthorization(Policies.Serve);
    }

    private static async Task<Results<Created<IssuedKeyResponse>, ProblemHttpResult>> Create(
        CreateKeyRequest request, ClaimsPrincipal caller, KeyIssue issue, HttpResponse response, CancellationToken cancellationToken)
    {
        var issued = await issue.CreateAsync(request, caller.Name(), cancellationToken);
        return issued.Problem is { } problem ? problem : TypedResults.Created($"/api/keys/{issued.Key!.Id}", Show(issued, response));
    }

    private static async Task<Results<Ok<IssuedKeyResponse>, ProblemHttpResult>> Rotate(
        string id, RotateKeyRequest request, KeyIssue issue, HttpResponse response, CancellationToken cancellationToken)
    {
        var issued = await issue.RotateAsync(id, request, cancellationToken);
        return issued.Problem is { } problem ? problem : TypedResults.Ok(Show(issued, response));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string id, KeyIssue issue, CancellationToken cancellationToken) =>
        await issue.RevokeAsync(id, cancellationToken) ? TypedResults.NoContent() : NoKey(id);

    private static async Task<Ok<Page<ApiKeyResponse>>> List([AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var after = page.After ?? "";
        var keys = await registry.ApiKeys.AsNoTracking().Where(key => key.Id.CompareTo(after) > 0).OrderBy(key => key.Id).Take(page.Take).ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(keys, ToResponse, key => key.Id));
    }

    private static async Task<Ok<ApiKeyVerifiers>> ListVerifiers(RegistryKeys keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiKeyVerifiers(await keys.ReadAsync(cancellationToken)));

    /// <summary>The one answer that holds a key: nothing on the way may keep it.</summary>
    private static IssuedKeyResponse Show(IssuedKey issued, HttpResponse response)
    {
        response.Headers.CacheControl = "no-store";
        return new IssuedKeyResponse(ToResponse(issued.Key!), issued.Text!);
    }

    private static ApiKeyResponse ToResponse(ApiKey key) =>
        new(key.Id, key.Name, key.Role, key.CreatedBy, key.CreatedAt, key.ExpiresAt, key.RotatedAt, key.RevokedAt);

    internal static ProblemHttpResult NoKey(string id) => Refuse.NotFound($"There is no key with the id '{id}': 'xray keys list' shows those that there are.");
}
