using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Sweeps;

namespace XrayMlOps.ControlPlane.Sweeps;

internal static class SweepEndpoints
{
    public static void MapSweeps(this IEndpointRouteBuilder api)
    {
        var sweeps = api.MapGroup("/sweeps").WithTags("Sweeps");
        sweeps.MapPost("/", Create).RequireAuthorization(Policies.Change);
        sweeps.MapGet("/", List).RequireAuthorization(Policies.Look);
        sweeps.MapGet("/{id:int}", Show).RequireAuthorization(Policies.Look);
        sweeps.MapPost("/{id:int}/stop", Stop).RequireAuthorization(Policies.Change).ProducesProblem(StatusCodes.Status409Conflict);
        sweeps.MapPost("/{id:int}/resume", Resume).RequireAuthorization(Policies.Change).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Created<SweepResponse>, ProblemHttpResult>> Create(
        SweepRequest request, SweepControl control, SweepAdvance advance, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var created = await control.CreateAsync(request, cancellationToken);
        if (created.SweepId is not { } id) return Refuse.Unprocessable(created.Problems);
        await advance.TryAdvanceAsync(id, cancellationToken);
        return TypedResults.Created($"/api/sweeps/{id}", await registry.FindSweepResponseAsync(id, cancellationToken));
    }

    private static async Task<Ok<Page<SweepSummary>>> List([AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var before = page.Before;
        var sweeps = await registry.Sweeps.AsNoTracking().Include(sweep => sweep.DatasetVersion)
            .Where(sweep => sweep.Id < before).OrderByDescending(sweep => sweep.Id).Take(page.Take).ToListAsync(cancellationToken);
        int?[] ids = [.. sweeps.Select(sweep => sweep.Id)];
        var runs = await registry.Runs.Where(run => ids.Contains(run.SweepId)).GroupBy(run => run.SweepId)
            .Select(runs => new
            {
                Sweep = runs.Key,
                Begun = runs.Select(run => run.Trial).Distinct().Count(),
                Unfinished = runs.Count(run => run.State == RunState.Queued || run.State == RunState.Running),
                Loss = runs.Min(run => run.ValidationLoss),
                Accuracy = runs.Max(run => run.ValidationAccuracy),
            })
            .ToDictionaryAsync(runs => runs.Sweep!.Value, cancellationToken);
        return TypedResults.Ok(page.Of(
            sweeps,
            sweep =>
            {
                var of = runs.GetValueOrDefault(sweep.Id);
                return new SweepSummary(
                    sweep.Id, sweep.Name, sweep.State, sweep.Spec.Strategy, sweep.Spec.Metric, sweep.DatasetVersion.Reference, sweep.CreatedAt,
                    sweep.State == SweepState.Running ? null : sweep.EndedAt, SweepTrials.CountOf(sweep.Spec), of?.Begun ?? 0, of?.Unfinished ?? 0,
                    sweep.Spec.MetricOf(of?.Loss, of?.Accuracy));
            },
            sweep => sweep.Id));
    }

    private static async Task<Results<Ok<SweepResponse>, ProblemHttpResult>> Show(int id, RegistryDbContext registry, CancellationToken cancellationToken) =>
        await registry.FindSweepResponseAsync(id, cancellationToken) is { } sweep ? TypedResults.Ok(sweep) : NoSweep(id);

    private static async Task<Results<Accepted<SweepResponse>, ProblemHttpResult>> Stop(
        int id, SweepControl control, RegistryDbContext registry, CancellationToken cancellationToken) => await control.StopAsync(id, cancellationToken) switch
        {
            null => NoSweep(id),
            SweepState.Completed => Refuse.Conflict($"Sweep {id} is completed: there is nothing to stop."),
            _ => TypedResults.Accepted($"/api/sweeps/{id}", await registry.FindSweepResponseAsync(id, cancellationToken)),
        };

    private static async Task<Results<Accepted<SweepResponse>, ProblemHttpResult>> Resume(
        int id, SweepControl control, SweepAdvance advance, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        switch (await control.ResumeAsync(id, cancellationToken))
        {
            case null: return NoSweep(id);
            case { Refused: { } why }: return Refuse.Conflict(why);
        }
        await advance.TryAdvanceAsync(id, cancellationToken);
        return TypedResults.Accepted($"/api/sweeps/{id}", await registry.FindSweepResponseAsync(id, cancellationToken));
    }

    private static ProblemHttpResult NoSweep(int id) => Refuse.NotFound($"There is no sweep {id}.");
}
