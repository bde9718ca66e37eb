using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Architectures;

/// <summary>One line of a network's summary. <paramref name="OutputShape"/> is <c>[C, H, W]</c> or <c>[units]</c>, without the batch.</summary>
public sealed record LayerRow(int Index, string Type, IReadOnlyList<int> OutputShape, long Parameters);

/// <summary>Shapes and parameter counts of an architecture, computed without building it; both readers of the language rely on it.</summary>
public sealed record LayerTable(IReadOnlyList<LayerRow> Rows, IReadOnlyList<string> Problems)
{
    public bool IsValid => Problems.Count == 0;

    public long Parameters => Rows.Sum(row => row.Parameters);

    /// <summary>Walks the layers; collects every problem (naming the layer) rather than stopping at the first.</summary>
    public static LayerTable Of(Architecture architecture)
    {
        List<LayerRow> rows = [];
        List<string> problems = [];
        var (input, shape) = (architecture.Input, new List<int>());
        if (!IsName(architecture.Name)) problems.Add($"name '{architecture.Name}': 1 to 64 of a-z, 0-9, '_' and '-' are allowed");
        if (input.Channels != 1) problems.Add($"input: {input.Channels} channels; films are grey, so it must be 1");
        if (input.Height is < 8 or > 1024 || input.Width is < 8 or > 1024) problems.Add($"input: {input.Height} x {input.Width}; both must be 8 to 1,024");
        if (architecture.Layers is null or []) problems.Add("layers: there are none");
        shape.AddRange([input.Channels, input.Height, input.Width]);
        foreach (var (index, layer) in (architecture.Layers ?? []).Index())
        {
            var where = $"layer {index} ({TypeName(layer)})";
            try
            {
                var (output, parameters) = Apply(layer, shape);
                rows.Add(new LayerRow(index, TypeName(layer), output, parameters));
                shape = [.. output];
            }
            catch (ArchitectureException problem)
            {
                problems.Add($"{where}: {problem.Message}");
                break; // the shapes after it are unknown
            }
        }
        if (problems.Count == 0 && (architecture.Layers![^1] is not DenseLayer { Activation: Activation.None } head || head.Units != ImageLabels.Count))
            problems.Add($"the last layer must be dense with {ImageLabels.Count} units, one a class, and no activation: it gives the logits");
        return new LayerTable(rows, problems);
    }

    public static string TypeName(Layer layer) => layer switch
    {
        ConvolutionLayer => "conv",
        MaxPoolLayer => "max_pool",
        AveragePoolLayer => "avg_pool",
        GlobalAveragePoolLayer => "global_avg_pool",
        BatchNormLayer => "batch_norm",
        DropoutLayer => "dropout",
        FlattenLayer => "flatten",
        DenseLayer => "dense",
        _ => throw new ArgumentOutOfRangeException(nameof(layer), layer, "unknown layer type"),
    };

    private static (IReadOnlyList<int> Shape, long Parameters) Apply(Layer layer, List<int> shape)
    {
        switch (layer)
        {
            case ConvolutionLayer conv:
                Require(shape.Count == 3, "needs an input of [channels, height, width], but the input is flat");
                Require(conv.Filters is >= 1 and <= 8192, $"filters {conv.Filters}; 1 to 8,192 are allowed");
                Require(conv.Kernel is >= 1 and <= 31, $"kernel {conv.Kernel}; 1 to 31 are allowed");
                Require(conv.Stride is >= 1 and <= 31, $"stride {conv.Stride}; 1 to 31 are allowed");
                Require(conv.Padding == Padding.Valid || conv.Kernel % 2 == 1, $"kernel {conv.Kernel} is even; padding 'same' needs an odd one");
                var pad = conv.Padding == Padding.Same ? conv.Kernel - 1 : 0;
                return ([conv.Filters, Windows(shape[1] + pad, conv.Kernel, conv.Stride), Windows(shape[2] + pad, conv.Kernel, conv.Stride)],
                    ((long)shape[0] * conv.Kernel * conv.Kernel + 1) * conv.Filters);
            case MaxPoolLayer pool:
                return (Pooled(shape, pool.Size, pool.Stride), 0);
            case AveragePoolLayer pool:
                return (Pooled(shape, pool.Size, pool.Stride), 0);
            case GlobalAveragePoolLayer:
                Require(shape.Count == 3, "needs an input of [channels, height, width], but the input is flat");
                return ([shape[0]], 0);
            case BatchNormLayer:
                Require(shape.Count == 3, "needs an input of [channels, height, width], but the input is flat");
                return ([.. shape], 2L * shape[0]);
            case DropoutLayer dropout:
                Require(dropout.Rate is >= 0 and < 1, $"rate {dropout.Rate}; 0 to below 1 is allowed");
                return ([.. shape], 0);
            case FlattenLayer:
                return ([shape.Aggregate((a, b) => checked(a * b))], 0);
            case DenseLayer dense:
                Require(shape.Count == 1, $"needs a flat input, but the input is {string.Join(" x ", shape)}: put 'flatten' or 'global_avg_pool' before it");
                Require(dense.Units is >= 1 and <= 65536, $"units {dense.Units}; 1 to 65,536 are allowed");
                return ([dense.Units], ((long)shape[0] + 1) * dense.Units);
            default:
                throw new ArchitectureException("is an unknown layer type");
        }
    }

    private static int[] Pooled(List<int> shape, int size, int stride)
    {
        Require(shape.Count == 3, "needs an input of [channels, height, width], but the input is flat");
        Require(size is >= 1 and <= 64, $"size {size}; 1 to 64 are allowed");
        Require(stride is >= 0 and <= 64, $"stride {stride}; 0 (the size) to 64 are allowed");
        var step = stride == 0 ? size : stride;
        return [shape[0], Windows(shape[1], size, step), Windows(shape[2], size, step)];
    }

    private static int Windows(int length, int window, int stride)
    {
        Require(length >= window, $"a window of {window} does not fit into the {length} pixels that reach it");
        return (length - window) / stride + 1;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition) throw new ArchitectureException(message);
    }

    private static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 64 } && !name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789_-");

    private sealed class ArchitectureException(string message) : Exception(message);
}
