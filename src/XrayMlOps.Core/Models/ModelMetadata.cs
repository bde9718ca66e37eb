namespace XrayMlOps.Core.Models;

/// <summary>
/// What an exported <c>model.onnx</c> calls its parts: the tensors of its graph, and the keys of its metadata, which make the
/// file sufficient to serve from.
/// </summary>
public static class ModelMetadata
{
    /// <summary>Input, float32 [N, 1, H, W]: films preprocessed by the spec under <see cref="Preprocessing"/>.</summary>
    public const string FilmsInput = "films";

    /// <summary>Output, float32 [N, 3]: softmax of the logits divided by the temperature, in the order of <see cref="Labels"/>.</summary>
    public const string ProbabilitiesOutput = "probabilities";

    /// <summary>Output, float32 [N, 3]: before temperature and softmax.</summary>
    public const string LogitsOutput = "logits";

    /// <summary>Compact JSON of the <see cref="Core.Preprocessing.PreprocessingSpec"/>.</summary>
    public const string Preprocessing = "preprocessing";

    /// <summary><see cref="Core.Preprocessing.PreprocessingSpec.Hash"/> of that spec.</summary>
    public const string PreprocessingHash = "preprocessing_hash";

    /// <summary>JSON array of the class names, in the order of the outputs' columns.</summary>
    public const string Labels = "labels";

    /// <summary>Name of the architecture.</summary>
    public const string Architecture = "architecture";

    /// <summary><see cref="Architectures.Architecture.Digest"/>.</summary>
    public const string ArchitectureDigest = "architecture_digest";

    /// <summary>The dataset version, as <c>name@number</c>.</summary>
    public const string Dataset = "dataset";

    public const string DatasetDigest = "dataset_digest";

    /// <summary>Number of the training run.</summary>
    public const string Run = "run";

    /// <summary>What the logits are divided by, an invariant decimal number.</summary>
    public const string Temperature = "temperature";
}
