using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Access;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Runs;

internal static class RunEndpoints
{
    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapPost("/", Launch).RequireAuthorization(Policies.Change);
        runs.MapGet("/{id:int}", Show).RequireAuthorization(Policies.Look);
        runs.MapPost("/{id:int}/cancel", Cancel).RequireAuthorization(Policies.Change);
        runs.MapPost("/{id:int}/resume", Resume).RequireAuthorization(Policies.Change);
        runs.MapPost("/{id:int}/repeat", Repeat).RequireAuthorization(Policies.Change);
    }

    private static async Task<Results<Created<RunResponse>, ProblemHttpResult>> Launch(
        TrainRequest request, RunLaunch launch, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        return await AnswerAsync(await launch.LaunchAsync(request, cancellationToken), registry, cancellationToken);
    }

    private static async Task<Results<Created<RunResponse>, ProblemHttpResult>> Resume(
        int id, ResumeRequest request, RunLaunch launch, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (request is { Epochs: not null, MoreEpochs: not null }) return Refuse.Unprocessable("epochs and moreEpochs: give one of them");
        if (await FindAsync(id, registry, cancellationToken) is not { } run) return NoRun(id);
        var epochs = request.Epochs ?? (long)run.EpochsAsked + (request.MoreEpochs ?? 0);
        return await AnswerAsync(await launch.ContinueAsync(run, (int)Math.Clamp(epochs, int.MinValue, int.MaxValue), cancellationToken), registry, cancellationToken);
    }

    private static async Task<Results<Created<RunResponse>, ProblemHttpResult>> Repeat(
        int id, RunLaunch launch, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, registry, cancellationToken) is not { } run) return NoRun(id);
        return await AnswerAsync(await launch.RepeatAsync(run, cancellationToken), registry, cancellationToken);
    }

    private static async Task<Results<Created<RunResponse>, ProblemHttpResult>> AnswerAsync(
        Launched launched, RegistryDbContext registry, CancellationToken cancellationToken) =>
        launched.RunId is { } id
            ? TypedResults.Created($"/api/runs/{id}", (await registry.FindRunResponseAsync(id, cancellationToken))!)
            : Refuse.Unprocessable(launched.Problems);

    private static Task<Run?> FindAsync(int id, RegistryDbContext registry, CancellationToken cancellationToken) =>
        registry.Runs.AsNoTracking().AsSplitQuery().Include(run => run.Epochs).Include(run => run.Artifacts).Include(run => run.Tags)
            .SingleOrDefaultAsync(run => run.Id == id, cancellationToken);

    private static async Task<Results<Ok<RunResponse>, ProblemHttpResult>> Show(int id, RegistryDbContext registry, CancellationToken cancellationToken) =>
        await registry.FindRunResponseAsync(id, cancellationToken) is { } run ? TypedResults.Ok(run) : NoRun(id);

    private static async Task<Results<Accepted<RunResponse>, ProblemHttpResult>> Cancel(
        int id, RegistryDbContext registry, TimeProvider clock, CancellationToken cancellationToken)
    {
        var cancelled = await registry.CancelRunAsync(id, clock.GetUtcNow(), cancellationToken);
        if (await registry.FindRunResponseAsync(id, cancellationToken) is not { } run) return NoRun(id);
        if (cancelled) AuditTrail.Note($"Run/{id}", null, new { run.State, CancelRequested = true });
        return cancelled
            ? TypedResults.Accepted($"/api/runs/{id}", run)
            : Refuse.Conflict($"Run {id} has ended ({run.State.ToString().ToLowerInvariant()}): it cannot be cancelled.");
    }

    private static ProblemHttpResult NoRun(int id) => Refuse.NotFound($"There is no run {id}.");
}
