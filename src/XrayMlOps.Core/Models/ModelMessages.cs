using System.Text.Json.Serialization;
using XrayMlOps.Core.Evaluation;

namespace XrayMlOps.Core.Models;

/// <summary>Registers the model of a run that succeeded as the next version. A run is registered under a name once: asked again, its version is the answer.</summary>
public sealed record RegisterModelRequest(int RunId);

/// <param name="Digest">SHA-256 of the ONNX file; verified before it is loaded.</param>
/// <param name="PreprocessingHash">See <see cref="Preprocessing.PreprocessingSpec.Hash"/>.</param>
/// <param name="Test">The run's figures on its test split.</param>
public sealed record ModelVersionResponse(
    string Name, int Version, string Digest, long Bytes, int RunId, string Dataset, string Architecture, string PreprocessingHash,
    IReadOnlyList<string> Labels, DateTimeOffset CreatedAt, IReadOnlyList<string> Aliases, double ValidationLoss, double ValidationAccuracy, EvaluationReport Test)
{
    /// <summary><c>name:version</c>.</summary>
    [JsonIgnore]
    public string Reference => $"{Name}:{Version}";
}

/// <param name="Aliases">The version that each alias points at.</param>
/// <param name="Versions">Newest first.</param>
public sealed record RegisteredModelResponse(string Name, DateTimeOffset CreatedAt, IReadOnlyDictionary<string, int> Aliases, IReadOnlyList<ModelVersionResponse> Versions);

/// <summary>Points an alias at a version. Written to the model's ledger, which is only ever appended to.</summary>
public sealed record PromoteRequest(int Version, string Alias = ModelReference.Champion, string? Reason = null, string? By = null);

/// <param name="PreviousVersion">What the alias pointed at before, if anything.</param>
public sealed record PromotionResponse(long Id, string Name, string Alias, int Version, int? PreviousVersion, string? By, string? Reason, DateTimeOffset At);
