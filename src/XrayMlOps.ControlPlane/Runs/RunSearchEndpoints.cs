using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Runs;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs.Search;

namespace XrayMlOps.ControlPlane.Runs;

internal static class RunSearchEndpoints
{
    public static void MapRunSearch(this IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapGet("/", List).RequireAuthorization(Policies.Look).ProducesProblem(StatusCodes.Status400BadRequest);
        runs.MapGet("/count", Count).RequireAuthorization(Policies.Look).ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/experiments", ListExperiments).RequireAuthorization(Policies.Look).WithTags("Runs");
    }

    private static async Task<Ok<Page<RunSummary>>> List(
        [AsParameters] RunQuery query, [AsParameters] RunOrderQuery order, [AsParameters] PageRequest page, RegistryDbContext registry,
        CancellationToken cancellationToken)
    {
        var rows = await registry.SummariesAsync(query.On(registry.Runs), order.Order, order.After(page), page.Take, cancellationToken);
        return TypedResults.Ok(page.Of(rows, row => row.Run, row => row.Cursor));
    }

    private static async Task<Ok<RunCount>> Count([AsParameters] RunQuery query, RegistryDbContext registry, CancellationToken cancellationToken) =>
        TypedResults.Ok(new RunCount(await query.On(registry.Runs).CountAsync(cancellationToken)));

    private static async Task<Ok<Page<ExperimentSummary>>> ListExperiments(
        [AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var after = page.After ?? "";
        var experiments = await registry.Runs.AsNoTracking()
            .Where(run => string.Compare(run.Experiment, after) > 0)
            .GroupBy(run => run.Experiment)
            .Select(runs => new
            {
                Name = runs.Key,
                Runs = runs.Count(),
                Running = runs.Count(run => run.State == RunState.Running),
                Best = runs.Max(run => run.ValidationAccuracy),
                Newest = runs.Max(run => run.CreatedAt),
            })
            .OrderBy(experiment => experiment.Name)
            .Take(page.Take)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(
            experiments, row => new ExperimentSummary(row.Name, row.Runs, row.Running, row.Best, row.Newest), row => row.Name));
    }
}
