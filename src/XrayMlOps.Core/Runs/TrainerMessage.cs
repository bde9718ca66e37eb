using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace XrayMlOps.Core.Runs;

/// <summary>One line of the trainer's standard output.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(TrainerStarted), "started")]
[JsonDerivedType(typeof(TrainerStep), "step")]
[JsonDerivedType(typeof(TrainerEpoch), "epoch")]
[JsonDerivedType(typeof(TrainerWarning), "warning")]
[JsonDerivedType(typeof(TrainerExported), "exported")]
[JsonDerivedType(typeof(TrainerCompleted), "completed")]
[JsonDerivedType(typeof(TrainerFailed), "failed")]
public abstract record TrainerMessage
{
    public string ToLine() => JsonSerializer.Serialize(this, XrayJson.Compact);

    /// <summary>Reads a line; null if it is not a message (libraries may print to standard output too).</summary>
    public static TrainerMessage? TryParse(string line)
    {
        if (!line.StartsWith('{')) return null;
        try
        {
            return JsonSerializer.Deserialize<TrainerMessage>(line, XrayJson.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Device"><c>cpu</c> or <c>cuda:0 (name)</c>.</param>
/// <param name="Packages">Versions of what computes: torchsharp, libtorch, onnxruntime.</param>
/// <param name="ResumedFrom">The last finished epoch of the checkpoint that training goes on from, or null.</param>
/// <param name="Environment">What else decides the figures: operating system, processor, .NET, the variables that libraries read.</param>
public sealed record TrainerStarted(
    string Device, int Threads, IReadOnlyDictionary<string, string> Packages, long Parameters, int TrainImages, int ValidationImages, int TestImages, int? ResumedFrom,
    IReadOnlyDictionary<string, string> Environment) : TrainerMessage;

/// <summary>Progress inside an epoch, at most a few a second. <paramref name="Loss"/> is the mean over the epoch so far.</summary>
public sealed record TrainerStep(int Epoch, int Step, int Steps, double Loss, double ImagesPerSecond, double LearningRate = 0) : TrainerMessage;

/// <summary>An epoch is finished and its checkpoint is on the disk.</summary>
public sealed record TrainerEpoch(EpochMetrics Metrics) : TrainerMessage;

/// <summary>Something that a person should look at, but that does not end the run.</summary>
public sealed record TrainerWarning(string Text) : TrainerMessage;

/// <param name="LargestDifference">Largest absolute difference of a probability between Torch and ONNX Runtime.</param>
public sealed record TrainerExported(double LargestDifference, double Limit, int Films) : TrainerMessage;

/// <param name="WeightsDigest">SHA-256 of the best epoch's weights alone (names, shapes and values in order, no metadata): equal weights, equal digest.</param>
public sealed record TrainerCompleted(int BestEpoch, int Epochs, bool StoppedEarly, string WeightsDigest) : TrainerMessage;

/// <summary>The run itself is wrong (bad job, diverged, export differs): to run it again would not help.</summary>
public sealed record TrainerFailed(string Reason) : TrainerMessage;

/// <summary>
/// A line of the trainer's standard input: a finished epoch and its checkpoint are kept. Until it comes, the trainer goes on with the next epoch but does
/// not replace the checkpoint, so that at most one finished epoch is ever lost.
/// </summary>
public static class TrainerAcknowledgement
{
    private const string Word = "kept ";

    public static string Of(int epoch) => string.Create(CultureInfo.InvariantCulture, $"{Word}{epoch}");

    /// <summary>The epoch that a line acknowledges; null if it is no such line.</summary>
    public static int? TryParse(string line) =>
        line.StartsWith(Word, StringComparison.Ordinal) && int.TryParse(line.AsSpan(Word.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : null;
}

/// <summary>Exit codes of the trainer process. Anything else (137 after a <c>kill -9</c>) is an infrastructure fault worth a retry.</summary>
public static class TrainerExit
{
    public const int Completed = 0;

    /// <summary>A <see cref="TrainerFailed"/> was written.</summary>
    public const int Failed = 2;

    /// <summary>It was asked to stop (SIGTERM, or its standard input was closed) and did; the checkpoint is kept.</summary>
    public const int Stopped = 3;
}
