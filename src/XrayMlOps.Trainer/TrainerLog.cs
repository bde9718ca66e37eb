using System.Globalization;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Trainer;

/// <summary>Tells a person what happened, a line each with its time (UTC). Steps are left out: they are many, and the epoch sums them up.</summary>
internal sealed class TrainerLog(TextWriter writer, TimeProvider time)
{
    public void Write(TrainerMessage message)
    {
        if (Describe(message) is { } text) Write(text);
    }

    public void Write(string text) => writer.WriteLine($"{time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {text}");

    private static string? Describe(TrainerMessage message) => message switch
    {
        TrainerStarted started => FormattableString.Invariant(
            $"started on {started.Device}, {started.Threads} thread(s), {started.Parameters:N0} parameters; films: {started.TrainImages} train, {started.ValidationImages} validation, {started.TestImages} test{From(started.ResumedFrom)}"),
        TrainerEpoch { Metrics: var epoch } => FormattableString.Invariant(
            $"epoch {epoch.Epoch}: train loss {epoch.TrainLoss:f4}, accuracy {epoch.TrainAccuracy:f4}; validation loss {epoch.ValidationLoss:f4}, accuracy {epoch.ValidationAccuracy:f4}; learning rate {epoch.LearningRate:g4}, {epoch.ImagesPerSecond:f1} films/s, {epoch.Seconds:f1} s, {epoch.MemoryBytes >> 20} MiB{OnDevice(epoch.DeviceMemoryBytes)}"),
        TrainerWarning warning => $"warning: {warning.Text}",
        TrainerExported exported => FormattableString.Invariant(
            $"exported: probabilities of {exported.Films} films differ from the network's by at most {exported.LargestDifference:g3} ({exported.Limit:g3} is allowed)"),
        TrainerCompleted completed => FormattableString.Invariant(
            $"completed: epoch {completed.BestEpoch} of {completed.Epochs} is the best{(completed.StoppedEarly ? ", stopped early" : "")}; weights {completed.WeightsDigest}"),
        TrainerFailed failed => $"failed: {failed.Reason}",
        _ => null,
    };

    private static string From(int? epoch) => epoch is null ? "" : $"; goes on after epoch {epoch}";

    private static string OnDevice(long? bytes) => bytes is null ? "" : $", {bytes >> 20} MiB on the GPU";
}
