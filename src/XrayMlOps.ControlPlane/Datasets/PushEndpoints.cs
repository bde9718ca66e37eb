using Microsoft.AspNetCore.Mvc;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.ControlPlane.Datasets;

internal static class PushEndpoints
{
    private const long LargestPush = 1L << 28;
    private static readonly TimeSpan s_betweenProgress = TimeSpan.FromMilliseconds(200);

    public static void MapPush(this IEndpointRouteBuilder datasets) =>
        datasets.MapPost("/{name}/versions", Push).RequireAuthorization(Policies.Change).WithMetadata(new RequestSizeLimitAttribute(LargestPush)).Produces<PushEvent>(contentType: JsonLines.ContentType);

    private static async Task<IResult> Push(string name, PushRequest request, DatasetPush push, HttpResponse response, CancellationToken cancellationToken)
    {
        var (plan, problems) = PushPlan.Make(name, request);
        if (plan is null) return Refuse.Unprocessable(problems);
        (var origins, problems) = await push.FindOriginsAsync(plan, cancellationToken);
        if (problems.Count > 0) return Refuse.Unprocessable(problems);
        if (await push.FindMissingAsync(plan, cancellationToken) is { Count: > 0 } missing) return Refuse.MissingFilms(missing);
        return TypedResults.Stream(async body =>
        {
            // The push counts films faster than a client wants to hear of them: look at the count from time to time.
            var latest = new Latest();
            var work = push.RunAsync(plan, origins, latest, cancellationToken);
            try
            {
                for (PushProgress? told = null; await Task.WhenAny(work, Task.Delay(s_betweenProgress, CancellationToken.None)) != work;)
                {
                    if (latest.Progress is not { } progress || progress == told) continue;
                    await JsonLines.WriteAsync<PushEvent>(body, told = progress, cancellationToken);
                    await body.FlushAsync(cancellationToken);
                }
                await JsonLines.WriteAsync(body, await work, cancellationToken);
            }
            catch (BlobStoreUnavailableException problem) when (response.HasStarted)
            {
                await JsonLines.WriteAsync<PushEvent>(body, new PushRefused($"{problem.Message} Push again: what was uploaded is kept.", []), cancellationToken);
            }
            finally
            {
                await Task.WhenAny(work); // it uses what belongs to this request: even if the client is gone, let it end first
            }
        }, JsonLines.ContentType);
    }

    private sealed class Latest : IProgress<PushProgress>
    {
        public volatile PushProgress? Progress;

        public void Report(PushProgress value) => Progress = value;
    }
}
