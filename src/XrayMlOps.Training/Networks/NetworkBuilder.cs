using XrayMlOps.Core.Architectures;
using static TorchSharp.torch;
using Padding = XrayMlOps.Core.Architectures.Padding;

namespace XrayMlOps.Training.Networks;

/// <summary>Reads an architecture as a Torch module; <see cref="Onnx.OnnxWriter"/> reads the same list as a graph.</summary>
internal static class NetworkBuilder
{
    /// <summary>The name of a layer's weights: <c>layer3.weight</c>, <c>layer3.bias</c>, for a batch norm also <c>layer3.running_mean</c>.</summary>
    public static string LayerName(int index) => $"layer{index}";

    /// <summary>Builds the network with weights drawn from Torch's generator (see <see cref="InitialWeights.Draw"/>), in training mode.</summary>
    /// <param name="architecture">Must be valid: see <see cref="LayerTable.Problems"/>.</param>
    /// <param name="mixed">See <see cref="Network.Mixed"/>.</param>
    public static Network Build(Architecture architecture, bool mixed = false)
    {
        List<(string, nn.Module<Tensor, Tensor>)> steps = [];
        var channels = architecture.Input.Channels;
        foreach (var row in LayerTable.Of(architecture).Rows)
        {
            steps.Add((LayerName(row.Index), Module(architecture.Layers[row.Index], channels)));
            foreach (var activation in ActivationAfter(architecture.Layers, row.Index)) steps.Add(($"relu{row.Index}", activation));
            channels = row.OutputShape[0];
        }
        var network = new Network(steps) { Mixed = mixed };
        InitialWeights.Draw(network);
        return network;
    }

    private static nn.Module<Tensor, Tensor> Module(Layer layer, int channels) => layer switch
    {
        ConvolutionLayer conv => nn.Conv2d(
            channels, conv.Filters, conv.Kernel, stride: conv.Stride, padding: conv.Padding == Padding.Same ? (conv.Kernel - 1) / 2 : 0),
        MaxPoolLayer pool => nn.MaxPool2d(pool.Size, pool.Stride == 0 ? pool.Size : pool.Stride),
        AveragePoolLayer pool => nn.AvgPool2d(pool.Size, pool.Stride == 0 ? pool.Size : pool.Stride),
        GlobalAveragePoolLayer => nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        BatchNormLayer => nn.BatchNorm2d(channels, eps: 1e-5),
        DropoutLayer dropout => nn.Dropout(dropout.Rate),
        FlattenLayer => nn.Flatten(),
        DenseLayer dense => nn.Linear(channels, dense.Units),
        _ => throw new ArgumentOutOfRangeException(nameof(layer), layer, "unknown layer type"),
    };

    /// <summary>
    /// The activation that follows layer <paramref name="index"/>. One that stands before a maximum moves behind it: the two
    /// commute, and behind it there is a quarter of the work.
    /// </summary>
    private static IEnumerable<nn.Module<Tensor, Tensor>> ActivationAfter(IReadOnlyList<Layer> layers, int index)
    {
        var pooled = layers[index] is MaxPoolLayer && index > 0 && ActivationOf(layers[index - 1]) == Activation.Relu;
        var delayed = index + 1 < layers.Count && layers[index + 1] is MaxPoolLayer;
        if (pooled || (ActivationOf(layers[index]) == Activation.Relu && !delayed)) yield return nn.ReLU(inplace: true);
    }

    private static Activation ActivationOf(Layer layer) => layer switch
    {
        ConvolutionLayer conv => conv.Activation,
        BatchNormLayer norm => norm.Activation,
        DenseLayer dense => dense.Activation,
        _ => Activation.None,
    };
}
