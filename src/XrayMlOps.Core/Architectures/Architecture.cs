using System.Text.Json;
using System.Text.Json.Serialization;

namespace XrayMlOps.Core.Architectures;

/// <summary>
/// A network as data (<c>models/*.json</c>): the shape of one input film and a list of layers. The last layer is a
/// <see cref="DenseLayer"/> with one unit a class and no activation; the softmax over its logits is implied.
/// </summary>
public sealed record Architecture
{
    /// <summary>Lower-case letters, digits, <c>_</c> and <c>-</c>; the file name without <c>.json</c>.</summary>
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public InputShape Input { get; init; } = new();

    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <summary>Hyper-parameters that suit this network, taken where the user names none.</summary>
    public Runs.TrainingRecipe Recipe { get; init; } = new();

    /// <summary>Reads an architecture file. Throws <see cref="JsonException"/> with the place of a syntax error or unknown layer.</summary>
    public static Architecture Parse(string json) =>
        JsonSerializer.Deserialize<Architecture>(json, XrayJson.Compact) ?? throw new JsonException("The architecture is null.");

    /// <summary>Names what is computed: the SHA-256 of the input shape and the layers (not of name, description or recipe).</summary>
    public string Digest() => Blobs.Digest.Of(JsonSerializer.SerializeToUtf8Bytes(new { Input, Layers }, XrayJson.Compact));
}

/// <summary>One film as the network takes it, <c>[Channels, Height, Width]</c>; a batch is <c>[N, Channels, Height, Width]</c>.</summary>
public sealed record InputShape
{
    public int Channels { get; init; } = 1;

    public int Height { get; init; } = 256;

    public int Width { get; init; } = 256;
}

public enum Activation
{
    None,
    Relu,
}

public enum Padding
{
    /// <summary>No padding: the output shrinks by kernel - 1.</summary>
    Valid,

    /// <summary>Zeros of (kernel - 1) / 2 on each side; the kernel must be odd.</summary>
    Same,
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ConvolutionLayer), "conv")]
[JsonDerivedType(typeof(MaxPoolLayer), "max_pool")]
[JsonDerivedType(typeof(AveragePoolLayer), "avg_pool")]
[JsonDerivedType(typeof(GlobalAveragePoolLayer), "global_avg_pool")]
[JsonDerivedType(typeof(BatchNormLayer), "batch_norm")]
[JsonDerivedType(typeof(DropoutLayer), "dropout")]
[JsonDerivedType(typeof(FlattenLayer), "flatten")]
[JsonDerivedType(typeof(DenseLayer), "dense")]
public abstract record Layer;

/// <summary>A square 2-D convolution with bias: <c>[C, H, W]</c> to <c>[Filters, H', W']</c>.</summary>
public sealed record ConvolutionLayer : Layer
{
    public required int Filters { get; init; }

    public int Kernel { get; init; } = 3;

    public int Stride { get; init; } = 1;

    public Padding Padding { get; init; } = Padding.Valid;

    public Activation Activation { get; init; } = Activation.Relu;
}

/// <summary>Square pooling without padding; <c>Stride</c> 0 means <c>Size</c>.</summary>
public sealed record MaxPoolLayer : Layer
{
    public int Size { get; init; } = 2;

    public int Stride { get; init; }
}

/// <inheritdoc cref="MaxPoolLayer"/>
public sealed record AveragePoolLayer : Layer
{
    public int Size { get; init; } = 2;

    public int Stride { get; init; }
}

/// <summary><c>[C, H, W]</c> to <c>[C]</c>.</summary>
public sealed record GlobalAveragePoolLayer : Layer;

/// <summary>Batch normalisation over channels (Ioffe and Szegedy 2015), epsilon 1e-5, followed by an optional activation.</summary>
public sealed record BatchNormLayer : Layer
{
    public Activation Activation { get; init; } = Activation.None;
}

public sealed record DropoutLayer : Layer
{
    /// <summary>The share of inputs set to zero in training, 0 to below 1.</summary>
    public required double Rate { get; init; }
}

public sealed record FlattenLayer : Layer;

public sealed record DenseLayer : Layer
{
    public required int Units { get; init; }

    public Activation Activation { get; init; } = Activation.None;
}
