using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Models;

namespace XrayMlOps.ControlPlane.Models;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder api)
    {
        var models = api.MapGroup("/models").WithTags("Models");
        models.MapPost("/{name}/versions", Register).RequireAuthorization(Policies.Change);
        models.MapGet("/", List).RequireAuthorization(Policies.Look);
        models.MapGet("/{name}", Show).RequireAuthorization(Policies.ReadModels);
        models.MapGet("/{name}/versions/{version:int}", ShowVersion).RequireAuthorization(Policies.ReadModels);
        models.MapGet("/{name}/aliases/{alias}", ShowAlias).RequireAuthorization(Policies.ReadModels);
    }

    private static async Task<Results<Created<ModelVersionResponse>, Ok<ModelVersionResponse>, ProblemHttpResult>> Register(
        string name, RegisterModelRequest request, RegistryDbContext registry, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!ModelReference.IsName(name)) return Refuse.Unprocessable($"name '{name}': {DatasetReference.NameRule} are allowed");
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var run = await registry.Runs.AsNoTracking().Where(run => run.Id == request.RunId).Select(run => new { run.State }).SingleOrDefaultAsync(cancellationToken);
        if (run is null) return Refuse.NotFound($"There is no run {request.RunId}.");
        if (run.State != RunState.Succeeded)
            return Refuse.Conflict($"Run {request.RunId} is {run.State.ToString().ToLowerInvariant()}: only a run that succeeded has a model to register.");

        var version = await registry.RegisterModelAsync(name, request.RunId, clock.GetUtcNow(), cancellationToken);
        var created = await registry.SaveChangesAsync(cancellationToken) > 0;
        await transaction.CommitAsync(cancellationToken);
        var response = (await registry.ModelVersions.Where(row => row.Id == version.Id).ToResponseAsync(registry, cancellationToken))!;
        return created ? TypedResults.Created($"/api/models/{name}/versions/{version.Version}", response) : TypedResults.Ok(response);
    }

    private static async Task<Ok<Page<RegisteredModelResponse>>> List([AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var after = page.After ?? "";
        var models = await registry.Models.AsNoTracking()
            .Where(model => model.Name.CompareTo(after) > 0).OrderBy(model => model.Name).Take(page.Take).ToListAsync(cancellationToken);
        List<RegisteredModelResponse> responses = [];
        foreach (var model in models) responses.Add(await model.ToResponseAsync(registry, cancellationToken));
        return TypedResults.Ok(page.Of(responses, response => response, response => response.Name));
    }

    private static async Task<Results<Ok<RegisteredModelResponse>, ProblemHttpResult>> Show(
        string name, RegistryDbContext registry, CancellationToken cancellationToken) =>
        await registry.Models.AsNoTracking().SingleOrDefaultAsync(model => model.Name == name, cancellationToken) is { } model
            ? TypedResults.Ok(await model.ToResponseAsync(registry, cancellationToken))
            : NoModel(name);

    private static async Task<Results<Ok<ModelVersionResponse>, ProblemHttpResult>> ShowVersion(
        string name, int version, RegistryDbContext registry, CancellationToken cancellationToken) =>
        await registry.ModelVersions.Where(row => row.ModelName == name && row.Version == version).ToResponseAsync(registry, cancellationToken) is { } response
            ? TypedResults.Ok(response)
            : NoVersion(name, version);

    private static async Task<Results<Ok<ModelVersionResponse>, ProblemHttpResult>> ShowAlias(
        string name, string alias, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var pointed = registry.ModelVersions.Where(row => registry.ModelAliases.Any(
            pointer => pointer.ModelName == name && pointer.Alias == alias && row.ModelName == name && row.Version == pointer.Version));
        return await pointed.ToResponseAsync(registry, cancellationToken) is { } response
            ? TypedResults.Ok(response)
            : Refuse.NotFound($"The model '{name}' has no alias '{alias}': promote a version to it first.");
    }

    public static ProblemHttpResult NoModel(string name) => Refuse.NotFound($"There is no registered model '{name}'.");

    public static ProblemHttpResult NoVersion(string name, int version) => Refuse.NotFound($"There is no version {version} of a model '{name}'.");
}
