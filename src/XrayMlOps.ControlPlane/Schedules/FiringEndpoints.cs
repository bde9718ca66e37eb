using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Schedules;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Schedules;

/// <summary>What became of a schedule's due times.</summary>
internal static class FiringEndpoints
{
    public static void MapFirings(this IEndpointRouteBuilder schedules)
    {
        schedules.MapGet("/{name}/firings", List).RequireAuthorization(Policies.Look);
        schedules.MapPost("/{name}/fire", Fire).RequireAuthorization(Policies.Change);
    }

    /// <summary>The latest due time first.</summary>
    private static async Task<Results<Ok<Page<FiringResponse>>, ProblemHttpResult>> List(
        string name, [AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (!await registry.Schedules.AnyAsync(schedule => schedule.Name == name, cancellationToken)) return ScheduleEndpoints.NoSchedule(name);
        var before = new DateTimeOffset(Math.Min(page.Before, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
        var firings = await registry.ScheduleFirings.AsNoTracking()
            .Where(firing => firing.ScheduleName == name && firing.DueAt < before)
            .OrderByDescending(firing => firing.DueAt)
            .Take(page.Take)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(firings, firing => firing.ToResponse(), firing => firing.DueAt.UtcTicks));
    }

    private static async Task<Results<Ok<FiringResponse>, ProblemHttpResult>> Fire(string name, ScheduledTraining training, CancellationToken cancellationToken) =>
        await training.FireByHandAsync(name, cancellationToken) is { } firing ? TypedResults.Ok(firing.ToResponse()) : ScheduleEndpoints.NoSchedule(name);
}
