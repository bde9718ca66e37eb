using XrayMlOps.Core.Models;
using XrayMlOps.Core.Preprocessing;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>What a request of either transport asks for, tensors' contents apart.</summary>
internal sealed class InferRequest
{
    /// <summary>Echoed in the answer; null if none was given.</summary>
    public string? Id { get; set; }

    public List<InferInput> Inputs { get; } = [];

    /// <summary>As the request names them.</summary>
    public List<InferOutput> Outputs { get; } = [];

    /// <summary>What is answered: <see cref="Outputs"/>, or those that are given by default.</summary>
    public IReadOnlyList<InferOutput> AnsweredOutputs => Outputs.Count > 0 ? Outputs : OutputTensors.Default;

    /// <summary>Whether outputs that say nothing of it come in binary.</summary>
    public bool BinaryOutputs { get; set; }

    /// <summary>After which the answer is of no use, from the request's arrival; Triton's parameter <c>timeout</c>.</summary>
    public TimeSpan? Timeout { get; set; }

    public bool Explains => Outputs.Exists(output => output.Kind == OutputKind.ClassActivation);

    /// <summary>The input, of which there must be one, and the number of its films. Throws <see cref="InferException"/>, saying what was expected.</summary>
    public (InferInput Input, int Films) Films(PreprocessingSpec spec, int most)
    {
        if (Inputs is not [var input])
            throw InferException.Bad($"There are {Inputs.Count} inputs; give one: '{ModelMetadata.FilmsInput}' (FP32 or UINT8) or '{InferInput.Images}' (BYTES).");
        string expected;
        bool isRight;
        if (input.Name == ModelMetadata.FilmsInput)
        {
            expected = $"FP32 or UINT8 [N, 1, {spec.Height}, {spec.Width}]";
            isRight = input is { Datatype: "FP32" or InferInput.Grey, Shape: [_, 1, var height, var width] } && height == spec.Height && width == spec.Width;
        }
        else if (input.Name == InferInput.Images)
        {
            expected = "BYTES [N] or [N, 1]";
            isRight = input is { Datatype: "BYTES", Shape: [_] or [_, 1] };
        }
        else throw InferException.Bad($"There is no input '{input.Name}'; give '{ModelMetadata.FilmsInput}' (FP32 or UINT8) or '{InferInput.Images}' (BYTES).");
        if (!isRight) throw InferException.Bad($"Input '{input.Name}' is {input.Datatype} [{string.Join(", ", input.Shape)}]; it must be {expected}.");
        if (input.Shape[0] < 1 || input.Shape[0] > most) throw InferException.Bad($"Input '{input.Name}' has {input.Shape[0]} films; 1 to {most} are allowed.");
        return (input, (int)input.Shape[0]);
    }
}

/// <summary>An input tensor as the request describes it.</summary>
internal sealed class InferInput
{
    /// <summary>Whole JPEG, PNG or DICOM files; what the model itself calls its input is <see cref="ModelMetadata.FilmsInput"/>.</summary>
    public const string Images = "images";

    /// <summary>The data type of <see cref="ModelMetadata.FilmsInput"/> by which its elements are grey values, 0 to 255, in a quarter of the bytes; this host divides them by 255.</summary>
    public const string Grey = "UINT8";

    public string Name { get; set; } = "";

    public string Datatype { get; set; } = "";

    public IReadOnlyList<long> Shape { get; set; } = [];

    /// <summary>Bytes of it behind the JSON; null if its elements are in the JSON.</summary>
    public long? BinarySize { get; set; }

    /// <summary>Where in the JSON the elements are; empty if they are not.</summary>
    public Range Data { get; set; }
}

/// <param name="IsBinary">Null: as the request says.</param>
internal readonly record struct InferOutput(OutputKind Kind, bool? IsBinary);
