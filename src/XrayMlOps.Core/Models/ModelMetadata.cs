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

    /// <summary>Optional input, bool []: whether <see cref="ClassActivationOutput"/> is computed; false where it is not fed.</summary>
    public const string ExplainInput = "explain";

    /// <summary>
    /// Output, float32 [N, 3, h, w]: how much each place of the last feature maps speaks for each class, in the order of
    /// <see cref="Labels"/>; of no elements unless <see cref="ExplainInput"/> is fed true. <see cref="Explanation"/> says how it is computed.
    /// </summary>
    public const string ClassActivationOutput = "class_activation";

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

    /// <summary>How <see cref="ClassActivationOutput"/> is computed: <see cref="ClassActivationMap"/> or <see cref="GradCam"/>.</summary>
    public const string Explanation = "explanation";

    /// <summary>The map of a network that averages its feature maps and weights them: Zhou et al., CVPR 2016.</summary>
    public const string ClassActivationMap = "class_activation_map";

    /// <summary>The map of a network with dense layers: Selvaraju et al., ICCV 2017, with the exact gradient of the class's logit.</summary>
    public const string GradCam = "grad_cam";

    /// <summary>Compact JSON of the <see cref="Models.ParitySample"/>: what Torch says of films that anybody can draw.</summary>
    public const string ParitySample = "parity_sample";

    /// <summary>Compact JSON of the <see cref="Evaluation.OperatingPoint"/>.</summary>
    public const string OperatingPoint = "operating_point";
}
