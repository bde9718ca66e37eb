using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.ControlPlane.Runs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Schedules;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Schedules;

namespace XrayMlOps.ControlPlane.Schedules;

internal static class ScheduleEndpoints
{
    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        var schedules = api.MapGroup("/schedules").WithTags("Schedules");
        schedules.MapPost("/", Put);
        schedules.MapGet("/", List);
        schedules.MapDelete("/{name}", Delete);
    }

    private static async Task<Results<Created<ScheduleResponse>, ProblemHttpResult>> Put(
        ScheduleRequest request, RegistryDbContext registry, ScheduleClock clock, TimeProvider time, CancellationToken cancellationToken)
    {
        var recipe = request.Recipe ?? request.Architecture.Recipe;
        List<string> problems =
            [.. ScheduleClock.ProblemsOf(request.Cron, request.TimeZone), .. RunLaunch.ProblemsOf(request.Architecture), .. recipe.Problems()];
        if (!DatasetReference.IsName(request.Name)) problems.Add($"name '{request.Name}': {DatasetReference.NameRule} are allowed");
        if (!ModelReference.IsName(request.Model)) problems.Add($"model '{request.Model}': {DatasetReference.NameRule} are allowed");
        if (!DatasetReference.TryParse(request.Dataset, out var dataset) || dataset.Number is not null || dataset.Digest is not null)
            problems.Add($"dataset '{request.Dataset}': give the name alone; a schedule trains on the latest version");
        else if (!await registry.Datasets.AnyAsync(row => row.Name == dataset.Name, cancellationToken))
            problems.Add($"dataset '{dataset.Name}': there is none; push it first");
        if (problems.Count > 0) return Refuse.Unprocessable(problems);

        var schedule = await registry.Schedules.FindAsync([request.Name], cancellationToken);
        if (schedule is null)
        {
            schedule = new Schedule
            {
                Name = request.Name,
                Cron = request.Cron,
                TimeZone = request.TimeZone,
                Dataset = dataset.Name,
                Architecture = request.Architecture,
                Recipe = recipe,
                Model = request.Model,
                AccountedTo = time.GetUtcNow(),
                CreatedAt = time.GetUtcNow(),
            };
            registry.Schedules.Add(schedule);
        }
        else
        {
            (schedule.Cron, schedule.TimeZone, schedule.Dataset) = (request.Cron, request.TimeZone, dataset.Name);
            (schedule.Architecture, schedule.Recipe, schedule.Model) = (request.Architecture, recipe, request.Model);
        }
        await registry.SaveChangesAsync(cancellationToken);
        clock.Set(schedule);
        return TypedResults.Created("/api/schedules", await ToResponseAsync(schedule, registry, clock, cancellationToken));
    }

    private static async Task<Ok<IReadOnlyList<ScheduleResponse>>> List(RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken)
    {
        List<ScheduleResponse> responses = [];
        foreach (var schedule in await registry.Schedules.AsNoTracking().OrderBy(schedule => schedule.Name).ToListAsync(cancellationToken))
            responses.Add(await ToResponseAsync(schedule, registry, clock, cancellationToken));
        return TypedResults.Ok<IReadOnlyList<ScheduleResponse>>(responses);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string name, RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken)
    {
        if (await registry.Schedules.Where(schedule => schedule.Name == name).ExecuteDeleteAsync(cancellationToken) == 0)
            return Refuse.NotFound($"There is no schedule '{name}'.");
        clock.Remove(name);
        return TypedResults.NoContent();
    }

    private static async Task<ScheduleResponse> ToResponseAsync(
        Schedule schedule, RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken)
    {
        var last = await registry.Runs.Where(run => run.Schedule == schedule.Name).MaxAsync(run => (int?)run.Id, cancellationToken);
        return new ScheduleResponse(
            schedule.Name, schedule.Cron, schedule.TimeZone, schedule.Dataset, schedule.Architecture.Name, schedule.Model, schedule.CreatedAt, clock.NextRun(schedule), last);
    }
}
