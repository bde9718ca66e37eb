using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Models;

namespace XrayMlOps.ControlPlane.Models;

internal static class PromotionEndpoints
{
    public static void MapPromotions(this IEndpointRouteBuilder api)
    {
        var promotions = api.MapGroup("/models/{name}/promotions").WithTags("Models");
        promotions.MapPost("/", Promote).RequireAuthorization(Policies.Change);
        promotions.MapGet("/", List).RequireAuthorization(Policies.Look);
    }

    private static async Task<Results<Created<PromotionResponse>, ProblemHttpResult>> Promote(
        string name, PromoteRequest request, RegistryDbContext registry, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!ModelReference.IsName(request.Alias)) return Refuse.Unprocessable($"alias '{request.Alias}': {DatasetReference.NameRule} are allowed");
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var version = await registry.ModelVersions.SingleOrDefaultAsync(row => row.ModelName == name && row.Version == request.Version, cancellationToken);
        if (version is null) return ModelEndpoints.NoVersion(name, request.Version);
        var promotion = await registry.PromoteAsync(version, request.Alias, request.By, request.Reason, clock.GetUtcNow(), cancellationToken);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created($"/api/models/{name}/promotions", ToResponse(promotion));
    }

    private static async Task<Results<Ok<Page<PromotionResponse>>, ProblemHttpResult>> List(
        string name, [AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (!await registry.Models.AnyAsync(model => model.Name == name, cancellationToken)) return ModelEndpoints.NoModel(name);
        var before = page.Before;
        var promotions = await registry.Promotions.AsNoTracking()
            .Where(promotion => promotion.ModelName == name && promotion.Id < before)
            .OrderByDescending(promotion => promotion.Id)
            .Take(page.Take)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(promotions, ToResponse, promotion => promotion.Id));
    }

    private static PromotionResponse ToResponse(Promotion promotion) => new(
        promotion.Id, promotion.ModelName, promotion.Alias, promotion.Version, promotion.PreviousVersion, promotion.By, promotion.Reason, promotion.At);
}
