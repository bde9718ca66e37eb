using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.ControlPlane.Access;
using XrayMlOps.Core;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Predictions;

namespace XrayMlOps.ControlPlane.Predictions;

internal static class PredictionEndpoints
{
    private const int LargestBatch = 1000;

    public static void MapPredictions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/predictions", Record).RequireAuthorization(Policies.Serve).ChangesNothing().WithTags("Predictions");
        api.MapGet("/predictions", List).RequireAuthorization(Policies.Look).WithTags("Predictions");
        api.MapPost("/feedback", GiveFeedback).RequireAuthorization(Policies.GiveFeedback).WithTags("Predictions");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Record(PredictionBatch batch, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (batch.Predictions.Count > LargestBatch)
            return Refuse.Unprocessable($"predictions: {batch.Predictions.Count:N0} are too many; send up to {LargestBatch:N0} at once");
        string[] problems = [.. batch.Predictions.SelectMany(ProblemsOf)];
        if (problems.Length > 0) return Refuse.Unprocessable(problems);

        var ids = batch.Predictions.Select(prediction => prediction.Id).ToHashSet();
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var recorded = await registry.Predictions.Where(prediction => ids.Contains(prediction.Id)).Select(prediction => prediction.Id).ToListAsync(cancellationToken);
        ids.ExceptWith(recorded);
        registry.Predictions.AddRange(batch.Predictions.Where(prediction => ids.Remove(prediction.Id)).Select(Prediction.Of));
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<PredictionRecord>>> List(
        [AsParameters] PageRequest page, string? model, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var before = page.Before;
        var predictions = await registry.Predictions.AsNoTracking()
            .Where(prediction => prediction.Sequence < before && (model == null || prediction.Model == model))
            .OrderByDescending(prediction => prediction.Sequence)
            .Take(page.Take)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(predictions, prediction => prediction.ToRecord(), prediction => prediction.Sequence));
    }

    private static async Task<Results<Created<FeedbackResponse>, ProblemHttpResult>> GiveFeedback(
        FeedbackRequest request, RegistryDbContext registry, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var prediction = await registry.Predictions.SingleOrDefaultAsync(prediction => prediction.Id == request.PredictionId, cancellationToken);
        if (prediction is null) return Refuse.NotFound($"There is no prediction {request.PredictionId} in the log.");
        var feedback = new Feedback { PredictionId = prediction.Id, Label = request.Label, By = request.By, At = clock.GetUtcNow() };
        registry.Feedback.Add(feedback);
        prediction.TrueLabel = request.Label;
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created("/api/feedback", new FeedbackResponse(
            prediction.Id, prediction.Label, feedback.Label, prediction.Label == feedback.Label, prediction.Model, prediction.Version, feedback.At));
    }

    private static IEnumerable<string> ProblemsOf(PredictionRecord? prediction, int index)
    {
        if (prediction is null)
        {
            yield return $"prediction {index} is null";
            yield break;
        }
        if (!ModelReference.IsName(prediction.Model)) yield return $"prediction {index}: '{prediction.Model}' is no model name";
        if (!Digest.IsValid(prediction.ModelDigest) || !Digest.IsValid(prediction.InputDigest))
            yield return $"prediction {index}: a digest is not 64 lower-case hexadecimal digits";
        if (prediction.Probabilities.Count != ImageLabels.Count)
            yield return $"prediction {index}: {prediction.Probabilities.Count} probabilities; there must be {ImageLabels.Count}";
    }
}
