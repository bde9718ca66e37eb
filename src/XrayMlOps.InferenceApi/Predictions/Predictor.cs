using System.Diagnostics;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Inference;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>What became of one film.</summary>
internal abstract record PredictionOutcome
{
    public sealed record Predicted(PredictionResponse Response) : PredictionOutcome;

    /// <summary>The film could not be read.</summary>
    public sealed record Refused(FilmRejection Rejection, string Reason) : PredictionOutcome;

    /// <summary>Too many films were waiting already.</summary>
    public sealed record Busy : PredictionOutcome;
}

/// <summary>Scores one film with a leased model: waits for a turn, classifies, writes the log and the metrics.</summary>
internal sealed class Predictor(InferenceLane lane, FilmClassifier classifier, PredictionLog log, InferenceTelemetry telemetry, TimeProvider time)
{
    private static readonly PredictionOutcome s_busy = new PredictionOutcome.Busy();

    /// <param name="cancellationToken">A request that was given up is not computed.</param>
    public async Task<PredictionOutcome> PredictAsync(ModelLease lease, FilmUpload film, CancellationToken cancellationToken)
    {
        using var activity = telemetry.Source.StartActivity("predict");
        activity?.SetTag("xray.model", $"{lease.Model.Name}:{lease.Model.Version}");
        var arrived = Stopwatch.GetTimestamp();
        using var turn = await lane.EnterAsync(cancellationToken);
        if (turn is null)
        {
            telemetry.Busy();
            return s_busy;
        }

        var bytes = film.Bytes.Memory.Span;
        var classification = classifier.Classify(lease.Session, bytes, cancellationToken);
        if (classification.Film is { Succeeded: false } refusal)
        {
            telemetry.FilmRefused(refusal.Rejection);
            return new PredictionOutcome.Refused(refusal.Rejection, refusal.Reason);
        }
        var input = InputOf(classification.Film.Info, bytes);
        var timing = new PredictionTiming(
            Milliseconds(turn.Waited), Milliseconds(classification.Decoding), Milliseconds(classification.Running), Milliseconds(Stopwatch.GetElapsedTime(arrived)));
        return new PredictionOutcome.Predicted(Record(film.File, classification, lease.Model, input, timing));
    }

    private PredictionResponse Record(string? file, FilmClassification classification, ServedModel model, FilmInput input, PredictionTiming timing)
    {
        var now = time.GetUtcNow();
        var byName = ImageLabels.Names.Zip(classification.Probabilities).ToDictionary(pair => pair.First, pair => pair.Second);
        var prediction = new PredictionResponse(Guid.CreateVersion7(now), file, classification.Label, byName, Abstain: false, OperatingPoint: null, model, input, timing);
        log.Write(new PredictionRecord(
            prediction.Id, now, model.Name, model.Version, model.Digest, model.PreprocessingHash, input.Digest, input.Width, input.Height,
            prediction.Label, classification.Probabilities, timing.TotalMs, Activity.Current?.TraceId.ToString()));
        telemetry.Predicted(prediction);
        return prediction;
    }

    private static FilmInput InputOf(FilmInfo info, ReadOnlySpan<byte> bytes) =>
        new(Digest.Of(bytes), info.Format.ToString().ToLowerInvariant(), info.Width, info.Height);

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
