using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Runs;

/// <summary>A run while it is under way: its events and its log.</summary>
internal static class RunWatchEndpoints
{
    public static void MapRunWatch(this IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/runs/{id:int}").WithTags("Runs");
        runs.MapGet("/events", Watch).RequireAuthorization(Policies.Look);
        runs.MapGet("/log", ShowLog).RequireAuthorization(Policies.Look).Produces<string>(contentType: "text/plain");
    }

    private static async Task<Results<ServerSentEventsResult<object>, ProblemHttpResult>> Watch(
        int id,
        [FromHeader(Name = "Last-Event-ID"), Description("Number of the last epoch that was told before.")] string? lastEventId,
        HttpResponse response, RegistryDbContext registry, RunEventStream events, CancellationToken cancellationToken)
    {
        var lastEpoch = 0;
        if (lastEventId is { Length: > 0 } && !int.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out lastEpoch))
            return Refuse.BadRequest($"Last-Event-ID '{lastEventId}': give the id of the last event that had one, or none.");
        if (!await registry.Runs.AnyAsync(run => run.Id == id, cancellationToken)) return NoRun(id);
        response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects an answer before it passes it on would make it no stream
        return TypedResults.ServerSentEvents<object>(events.FollowAsync(id, lastEpoch, cancellationToken));
    }

    private static async Task<IResult> ShowLog(
        int id,
        [Description("Bytes to leave out at the beginning.")] long? skip,
        [Description("Goes on until the run has ended.")] bool? follow,
        RegistryDbContext registry, RunLogStream log, CancellationToken cancellationToken)
    {
        if (!await registry.Runs.AnyAsync(run => run.Id == id, cancellationToken)) return NoRun(id);
        return TypedResults.Stream(body => log.WriteAsync(id, body, skip ?? 0, follow ?? false, cancellationToken), "text/plain; charset=utf-8");
    }

    private static ProblemHttpResult NoRun(int id) => Refuse.NotFound($"There is no run {id}.");
}
