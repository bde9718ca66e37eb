using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Sweeps;

/// <summary>Where a block of a stack halves the resolution.</summary>
public enum StackPooling
{
    Max,
    Average,
}

/// <summary>
/// Networks that combine convolution and pooling layers: every combination of what is listed. A block is some convolutions and then a pooling of
/// two; each block has twice the filters of the one before. After the last come dropout, dense layers, and the layer of logits.
/// </summary>
public sealed record LayerStacks
{
    public required IReadOnlyList<int> Blocks { get; init; }

    /// <summary>In each block.</summary>
    public IReadOnlyList<int> Convolutions { get; init; } = [1];

    /// <summary>Of the first block.</summary>
    public IReadOnlyList<int> Filters { get; init; } = [16];

    public IReadOnlyList<StackPooling> Pooling { get; init; } = [StackPooling.Max];

    /// <summary>Units of the hidden dense layers; an empty list has none.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Dense { get; init; } = [[64]];

    public int Kernel { get; init; } = 3;

    public Padding Padding { get; init; } = Padding.Same;

    /// <summary>Before the dense layers; 0 leaves it out.</summary>
    public double Dropout { get; init; }

    public InputShape Input { get; init; } = new();

    public TrainingRecipe Recipe { get; init; } = new();

    /// <summary>The networks, named by what they combine, as in <c>conv4x2_f16_max_d64</c>. They may be unsound: <see cref="LayerTable"/> tells.</summary>
    public IEnumerable<Architecture> Expand() =>
        from blocks in Blocks
        from convolutions in Convolutions
        from filters in Filters
        from pooling in Pooling
        from dense in Dense
        select new Architecture
        {
            Name = $"conv{blocks}x{convolutions}_f{filters}_{(pooling == StackPooling.Max ? "max" : "avg")}{(dense is [] ? "" : $"_d{string.Join('-', dense)}")}",
            Description = $"{blocks} blocks of {convolutions} convolution{(convolutions == 1 ? "" : "s")} and a pooling layer, {filters} filters in the first and twice as many in each that follows.",
            Input = Input,
            Layers = [.. Enumerable.Range(0, Math.Max(0, blocks)).SelectMany(block => Block(convolutions, filters << block, pooling)), .. Head(dense)],
            Recipe = Recipe,
        };

    private IEnumerable<Layer> Block(int convolutions, int filters, StackPooling pooling) =>
        [
            .. Enumerable.Range(0, Math.Max(0, convolutions)).Select(_ => new ConvolutionLayer { Filters = filters, Kernel = Kernel, Padding = Padding }),
            pooling == StackPooling.Max ? new MaxPoolLayer() : new AveragePoolLayer(),
        ];

    private IEnumerable<Layer> Head(IReadOnlyList<int> dense) =>
        [
            .. Dropout > 0 ? [new DropoutLayer { Rate = Dropout }] : Enumerable.Empty<Layer>(),
            new FlattenLayer(),
            .. dense.Select(units => new DenseLayer { Units = units, Activation = Activation.Relu }),
            new DenseLayer { Units = ImageLabels.Count },
        ];
}
