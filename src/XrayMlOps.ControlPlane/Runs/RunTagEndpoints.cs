using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Access;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Runs;

/// <summary>What may be said of a run after it was asked for: its tags and its experiment.</summary>
internal static class RunTagEndpoints
{
    public static void MapRunTags(this IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs/{id:int}").WithTags("Runs");
        runs.MapPut("/tags/{key}", Tag).RequireAuthorization(Policies.Change);
        runs.MapDelete("/tags/{key}", Untag).RequireAuthorization(Policies.Change);
        runs.MapPut("/experiment", Move).RequireAuthorization(Policies.Change);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Tag(
        int id, string key, TagRunRequest request, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        // Alone, so that two requests neither set the same tag twice nor exceed the limit together.
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (!await registry.Runs.AnyAsync(run => run.Id == id, cancellationToken)) return NoRun(id);
        var tags = await registry.RunTags.Where(tag => tag.RunId == id).ToDictionaryAsync(tag => tag.Key, cancellationToken);
        var values = tags.ToDictionary(tag => tag.Key, tag => tag.Value.Value);
        values[key] = request.Value;
        if (RunTags.ProblemsOf(values).ToArray() is { Length: > 0 } problems) return Refuse.Unprocessable(problems);
        if (tags.TryGetValue(key, out var tag)) tag.Value = request.Value;
        else registry.RunTags.Add(new RunTag { RunId = id, Key = key, Value = request.Value });
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Untag(int id, string key, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.RunTags.FindAsync([id, key], cancellationToken) is not { } tag) return Refuse.NotFound($"There is no run {id} with a tag '{key}'.");
        registry.RunTags.Remove(tag);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Move(
        int id, MoveRunRequest request, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (!DatasetReference.IsName(request.Experiment)) return Refuse.Unprocessable($"experiment '{request.Experiment}': {DatasetReference.NameRule} are allowed");
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var before = await registry.Runs.Where(run => run.Id == id).Select(run => run.Experiment).SingleOrDefaultAsync(cancellationToken);
        if (before is null) return NoRun(id);
        await registry.Runs.Where(run => run.Id == id).ExecuteUpdateAsync(set => set.SetProperty(run => run.Experiment, request.Experiment), cancellationToken);
        AuditTrail.Note($"Run/{id}", new { Experiment = before }, new { request.Experiment });
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NoRun(int id) => Refuse.NotFound($"There is no run {id}.");
}
