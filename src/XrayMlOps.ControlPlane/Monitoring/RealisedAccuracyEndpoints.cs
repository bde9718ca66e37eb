using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.ControlPlane.Models;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Monitoring;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;

namespace XrayMlOps.ControlPlane.Monitoring;

internal static class RealisedAccuracyEndpoints
{
    private const int LongestPeriod = 8760;

    public static void MapRealisedAccuracy(this IEndpointRouteBuilder api) => api.MapGet("/models/{name}/accuracy", Show).RequireAuthorization(Policies.Look).WithTags("Monitoring");

    private static async Task<Results<Ok<RealisedAccuracyResponse>, ProblemHttpResult>> Show(
        string name, RegistryDbContext registry, CancellationToken cancellationToken, int periodHours = 24)
    {
        if (periodHours is < 1 or > LongestPeriod) return Refuse.BadRequest($"periodHours {periodHours}: 1 to {LongestPeriod:N0} are allowed.");
        if (!await registry.Models.AnyAsync(model => model.Name == name, cancellationToken)) return ModelEndpoints.NoModel(name);

        var period = TimeSpan.FromHours(periodHours);
        Dictionary<(long Period, int Version), Tally> tallies = [];
        var log = registry.Predictions.Where(prediction => prediction.Model == name)
            .Select(prediction => new { prediction.At, prediction.Version, prediction.Label, prediction.TrueLabel });
        await foreach (var prediction in log.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var key = (prediction.At.UtcTicks / period.Ticks, prediction.Version);
            tallies[key] = tallies.GetValueOrDefault(key) + new Tally(1, prediction.TrueLabel is null ? 0 : 1, prediction.Label == prediction.TrueLabel ? 1 : 0);
        }

        DateTimeOffset Start(long index) => new(index * period.Ticks, TimeSpan.Zero);
        var periods = tallies.OrderBy(pair => pair.Key).Select(pair =>
            pair.Value.ToResponse(name, pair.Key.Version, Start(pair.Key.Period), Start(pair.Key.Period + 1)));
        var overall = tallies.GroupBy(pair => pair.Key.Version).OrderBy(version => version.Key).Select(version =>
            version.Aggregate(new Tally(), (sum, pair) => sum + pair.Value).ToResponse(
                name, version.Key, Start(version.Min(pair => pair.Key.Period)), Start(version.Max(pair => pair.Key.Period) + 1)));
        return TypedResults.Ok(new RealisedAccuracyResponse(name, periodHours, [.. periods], [.. overall]));
    }

    private readonly record struct Tally(int Predictions, int Labelled, int Correct)
    {
        public static Tally operator +(Tally left, Tally right) =>
            new(left.Predictions + right.Predictions, left.Labelled + right.Labelled, left.Correct + right.Correct);

        public RealisedAccuracy ToResponse(string model, int version, DateTimeOffset from, DateTimeOffset to) => new(
            model, version, from, to, Predictions, Labelled, Correct, Labelled == 0 ? null : Correct / (double)Labelled,
            Labelled == 0 ? null : Evaluator.Wilson(Correct, Labelled));
    }
}
