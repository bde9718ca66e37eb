using System.Text.Json.Serialization;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Predictions;

/// <summary>What the inference endpoint says of one film.</summary>
/// <param name="Id">Names the prediction in the log; feedback refers to it.</param>
/// <param name="File">The name of the multipart part, if the film came in one.</param>
/// <param name="Probabilities">By label name, summing to 1.</param>
public sealed record PredictionResponse(
    Guid Id, string? File, ImageLabel Label, IReadOnlyDictionary<string, float> Probabilities, ServedModel Model, FilmInput Input, PredictionTiming Timing);

/// <summary>Which model made a prediction.</summary>
public sealed record ServedModel(string Name, int Version, string Digest, string PreprocessingHash);

/// <param name="Digest">SHA-256 of the bytes received.</param>
/// <param name="Format"><c>jpeg</c>, <c>png</c> or <c>dicom</c>.</param>
public sealed record FilmInput(string Digest, string Format, int Width, int Height);

/// <summary>Where the time went, in milliseconds: waiting for a turn, decoding and resampling, the network.</summary>
public sealed record PredictionTiming(double QueueMs, double DecodeMs, double RunMs, double TotalMs);

/// <summary>The answer to a multipart request: a line a part, in order.</summary>
public sealed record PredictionsResponse(IReadOnlyList<PartResponse> Predictions);

/// <summary>Either a prediction, or why there is none.</summary>
public sealed record PartResponse(string File, PredictionResponse? Prediction, string? Problem);

/// <summary>A line of the prediction log. Probabilities are in the order of <see cref="ImageLabels"/>.</summary>
public sealed record PredictionRecord(
    Guid Id, DateTimeOffset At, string Model, int Version, string ModelDigest, string PreprocessingHash, string InputDigest, int Width, int Height,
    ImageLabel Label, IReadOnlyList<float> Probabilities, double LatencyMs, string? TraceId)
{
    /// <summary>What a human said later, if anyone did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageLabel? TrueLabel { get; init; }
}

/// <summary>Log lines on their way from an inference host to the registry. Delivered at least once; the id makes a repeat harmless.</summary>
public sealed record PredictionBatch(IReadOnlyList<PredictionRecord> Predictions);

/// <summary>The label that a human gives later. The newest feedback for a prediction counts.</summary>
/// <param name="By">Who says so.</param>
public sealed record FeedbackRequest(Guid PredictionId, ImageLabel Label, string? By = null);

public sealed record FeedbackResponse(Guid PredictionId, ImageLabel Predicted, ImageLabel Label, bool Correct, string Model, int Version, DateTimeOffset At);
