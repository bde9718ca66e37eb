using System.Diagnostics;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>Writes a scored film to the prediction log and the metrics, whichever protocol it came by.</summary>
internal sealed class PredictionRecorder(PredictionLog log, InferenceTelemetry telemetry, TimeProvider time)
{
    /// <param name="inputDigest">SHA-256 of the bytes of an encoded film, or of a tensor's grey values.</param>
    /// <param name="width">Of the original; of the tensor where that is all there is.</param>
    /// <returns>The prediction's id, by which feedback names it.</returns>
    public Guid Record(ServedModel model, FilmWork work, string inputDigest, int width, int height, TimeSpan total)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var label = work.Label;
        log.Write(new PredictionRecord(
            id, now, model.Name, model.Version, model.Digest, model.PreprocessingHash, inputDigest, width, height, label, work.Probabilities.ToArray(),
            Math.Round(total.TotalMilliseconds, 3), Activity.Current?.TraceId.ToString()));
        telemetry.Predicted(model, work, label, total);
        return id;
    }
}
