using Microsoft.AspNetCore.Http.HttpResults;
using XrayMlOps.Core.Schedules;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Schedules;

internal static class ScheduleEndpoints
{
    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        var schedules = api.MapGroup("/schedules").WithTags("Schedules");
        schedules.MapPost("/", Put).RequireAuthorization(Policies.Change);
        schedules.MapGet("/", List).RequireAuthorization(Policies.Look);
        schedules.MapGet("/{name}", Show).RequireAuthorization(Policies.Look);
        schedules.MapPatch("/{name}", Change).RequireAuthorization(Policies.Change);
        schedules.MapDelete("/{name}", Delete).RequireAuthorization(Policies.Change);
        schedules.MapFirings();
    }

    private static async Task<Results<Created<ScheduleResponse>, ProblemHttpResult>> Put(
        ScheduleRequest request, ScheduleSettings settings, RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken)
    {
        if (await settings.PutAsync(request, cancellationToken) is { Count: > 0 } problems) return Refuse.Unprocessable(problems);
        return await registry.FindScheduleResponseAsync(request.Name, clock, cancellationToken) is { } schedule
            ? TypedResults.Created($"/api/schedules/{request.Name}", schedule)
            : NoSchedule(request.Name);
    }

    private static async Task<Ok<IReadOnlyList<ScheduleResponse>>> List(RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken) =>
        TypedResults.Ok(await registry.Schedules.ToResponsesAsync(registry, clock, cancellationToken));

    private static async Task<Results<Ok<ScheduleResponse>, ProblemHttpResult>> Show(
        string name, RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken) =>
        await registry.FindScheduleResponseAsync(name, clock, cancellationToken) is { } schedule ? TypedResults.Ok(schedule) : NoSchedule(name);

    private static async Task<Results<Ok<ScheduleResponse>, ProblemHttpResult>> Change(
        string name, ScheduleChange change, ScheduleSettings settings, RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken)
    {
        if (await settings.ChangeAsync(name, change, cancellationToken) is { Count: > 0 } problems) return Refuse.Unprocessable(problems);
        return await Show(name, registry, clock, cancellationToken);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string name, RegistryDbContext registry, ScheduleClock clock, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.Schedules.FindAsync([name], cancellationToken) is not { } schedule) return NoSchedule(name);
        registry.Schedules.Remove(schedule);
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        clock.Remove(name);
        return TypedResults.NoContent();
    }

    internal static ProblemHttpResult NoSchedule(string name) => Refuse.NotFound($"There is no schedule '{name}'.");
}
