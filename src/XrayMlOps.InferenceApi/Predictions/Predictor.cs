using System.Diagnostics;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.HeatMaps;
using XrayMlOps.Inference;
using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>What became of one film.</summary>
internal abstract record PredictionOutcome
{
    public sealed record Predicted(PredictionResponse Response) : PredictionOutcome;

    /// <summary>The film could not be read.</summary>
    public sealed record Refused(FilmRejection Rejection, string Reason) : PredictionOutcome;

    /// <summary>It would have waited too long, or did.</summary>
    public sealed record Busy : PredictionOutcome;
}

/// <summary>Scores one encoded film with a leased model, and writes the log and the metrics.</summary>
internal sealed class Predictor(InferenceEngine engine, PredictionRecorder recorder, InferenceTelemetry telemetry)
{
    private static readonly PredictionOutcome s_busy = new PredictionOutcome.Busy();

    /// <summary>
    /// Throws <see cref="InvalidOperationException"/> if the model's answer is no probability distribution: a film is never outside of what it was trained on
    /// by its numbers.
    /// </summary>
    /// <param name="explains">Whether a heat map is wanted; the model must have one.</param>
    /// <param name="deadline">See <see cref="InferenceEngine"/>.</param>
    /// <param name="cancellationToken">A request that was given up is not computed.</param>
    public async Task<PredictionOutcome> PredictAsync(ModelLease lease, FilmUpload film, bool explains, long deadline, CancellationToken cancellationToken)
    {
        using var activity = telemetry.Source.StartActivity("predict");
        activity?.SetTag("xray.model", $"{lease.Model.Name}:{lease.Model.Version}");
        var arrived = Stopwatch.GetTimestamp();
        using var work = engine.Rent(lease.Session);
        switch (await engine.ScoreAsync(work, film.Bytes.Memory, explains, deadline, cancellationToken))
        {
            case FilmOutcome.Scored:
                return new PredictionOutcome.Predicted(Answer(film, lease.Model, work, arrived));
            case FilmOutcome.Refused:
                telemetry.FilmRefused(work.Decoded.Rejection);
                return new PredictionOutcome.Refused(work.Decoded.Rejection, work.Decoded.Reason!);
            case FilmOutcome.Undefined:
                throw new InvalidOperationException(
                    $"{lease.Model.Name}:{lease.Model.Version} answers [{string.Join(", ", work.Probabilities.ToArray())}], which are no probabilities: its weights overflow on this film.");
            default:
                telemetry.Busy();
                return s_busy;
        }
    }

    private PredictionResponse Answer(FilmUpload film, ServedModel model, FilmWork work, long arrived)
    {
        var info = work.Decoded.Info;
        var input = new FilmInput(Digest.Of(film.Bytes.Memory.Span), info.Format.ToString().ToLowerInvariant(), info.Width, info.Height);
        var heatMap = work.Activation is { } activation ? Draw(activation, work) : null;
        var total = Stopwatch.GetElapsedTime(arrived);
        var timing = new PredictionTiming(Milliseconds(work.Queued), Milliseconds(work.Decoding), Milliseconds(work.Running), Milliseconds(total));
        var id = recorder.Record(model, work, input.Digest, info.Width, info.Height, total);
        var probabilities = new Dictionary<string, float>(ImageLabels.Count);
        for (var label = 0; label < ImageLabels.Count; label++) probabilities[ImageLabels.Names[label]] = work.Probabilities.Span[label];
        return new PredictionResponse(id, film.File, work.Label, probabilities, work.Abstains, work.Session.OperatingPoint, model, input, timing) { HeatMap = heatMap };
    }

    private static HeatMap Draw(ClassActivation activation, FilmWork work)
    {
        var (map, spec) = (activation.Of(0, work.Label), work.Session.Preprocessing);
        var overlay = HeatMapOverlay.Draw(work.Film.Span, spec.Height, spec.Width, map.Span, activation.Height, activation.Width);
        return new HeatMap(work.Label, work.Session.Explanation ?? ModelMetadata.GradCam, activation.Height, activation.Width, map.ToArray(), overlay);
    }

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
