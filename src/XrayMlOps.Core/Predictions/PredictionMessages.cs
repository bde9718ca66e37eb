using System.Text.Json.Serialization;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;

namespace XrayMlOps.Core.Predictions;

/// <summary>What the inference endpoint says of one film.</summary>
/// <param name="Id">Names the prediction in the log; feedback refers to it.</param>
/// <param name="File">The name of the multipart part, if the film came in one.</param>
/// <param name="Probabilities">By label name, calibrated, summing to 1.</param>
/// <param name="Abstain">Whether the most probable class is less probable than <paramref name="OperatingPoint"/> asks for: leave the film to a human.</param>
/// <param name="OperatingPoint">Null if the model carries none; it never abstains then.</param>
public sealed record PredictionResponse(
    Guid Id, string? File, ImageLabel Label, IReadOnlyDictionary<string, float> Probabilities, bool Abstain, OperatingPoint? OperatingPoint,
    ServedModel Model, FilmInput Input, PredictionTiming Timing)
{
    /// <summary>Where in the film the label comes from, if the request asked for it.</summary>
    public HeatMap? HeatMap { get; init; }
}

/// <summary>How much each place of a film speaks for a class.</summary>
/// <param name="Label">The class that is explained: the most probable one.</param>
/// <param name="Method"><c>class_activation_map</c> or <c>grad_cam</c>; see <see cref="Models.ModelMetadata.Explanation"/>.</param>
/// <param name="Values">At least 0, of <c>[Height, Width]</c>, row by row, over the whole film; what counts are the differences within one map.</param>
/// <param name="Overlay">PNG, as base64: the film as the network sees it, with the map laid over it in colour.</param>
public sealed record HeatMap(ImageLabel Label, string Method, int Height, int Width, IReadOnlyList<float> Values, byte[] Overlay);

/// <summary>Which model made a prediction.</summary>
public sealed record ServedModel(string Name, int Version, string Digest, string PreprocessingHash);

/// <summary>The models of an inference host.</summary>
public sealed record ServedModelsResponse(IReadOnlyList<ServedModelState> Models);

/// <param name="Reference">What it is asked for as: <c>name@alias</c> or <c>name:version</c>.</param>
/// <param name="Model">Null while there is none.</param>
/// <param name="Problem">Why what the reference points at is not what is served; null if it is.</param>
public sealed record ServedModelState(string Reference, ServedModel? Model, string? Problem);

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
