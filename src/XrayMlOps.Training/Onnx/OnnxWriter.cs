using Google.Protobuf;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Onnx;

/// <summary>
/// Reads an architecture and its trained weights as an ONNX graph, with the tensors and metadata of <see cref="ModelMetadata"/>.
/// The same weights make the same bytes.
/// </summary>
internal static class OnnxWriter
{
    // The newest operators that ONNX Runtime 1.31 supports officially; it reads this file format.
    private const int Opset = 26;
    private const int IrVersion = 13;

    /// <param name="weights">By the names of <see cref="Network.Weights"/>.</param>
    public static byte[] Write(Architecture architecture, IReadOnlyDictionary<string, Tensor> weights, double temperature, IReadOnlyDictionary<string, string> metadata)
    {
        var graph = new OnnxGraph(architecture.Name);
        var input = architecture.Input;
        graph.Input(ModelMetadata.FilmsInput, OnnxGraph.Films, input.Channels, input.Height, input.Width);
        List<string> outputs = [];
        foreach (var (index, layer) in architecture.Layers.Index())
        {
            var last = index == architecture.Layers.Count - 1;
            outputs.Add(Add(
                graph, layer, NetworkBuilder.LayerName(index), outputs.LastOrDefault(ModelMetadata.FilmsInput), last ? ModelMetadata.LogitsOutput : null, weights));
        }
        var scaled = graph.Node("Div", "scaled_logits", [outputs[^1], graph.Constant("temperature", [], (float)temperature)]);
        graph.Node("Softmax", ModelMetadata.ProbabilitiesOutput, [scaled], ("axis", 1));
        graph.Output(ModelMetadata.ProbabilitiesOutput, OnnxGraph.Films, ImageLabels.Count);
        graph.Output(ModelMetadata.LogitsOutput, OnnxGraph.Films, ImageLabels.Count);
        new ClassActivation(architecture).AddTo(graph, outputs, weights);

        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "XrayMlOps",
            ProducerVersion = typeof(OnnxWriter).Assembly.GetName().Version!.ToString(3),
            Graph = graph.Proto,
            OpsetImport = { new OperatorSetIdProto { Version = Opset } },
        };
        model.MetadataProps.AddRange(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return model.ToByteArray();
    }

    /// <returns>The name of the layer's output: <paramref name="output"/> if given.</returns>
    private static string Add(OnnxGraph graph, Layer layer, string name, string value, string? output, IReadOnlyDictionary<string, Tensor> weights)
    {
        string Weight(string kind) => graph.Constant($"{name}.{kind}", weights[$"{name}.{kind}"]);
        string Activated(Activation activation, string result) => activation == Activation.Relu ? graph.Node("Relu", $"{name}_relu", [result]) : result;
        string Pool(string type, int size, int stride) =>
            graph.Node(type, name, [value], ("kernel_shape", [size, size]), ("strides", stride == 0 ? [size, size] : [stride, stride]));

        switch (layer)
        {
            case ConvolutionLayer conv:
                var pad = conv.Padding == Core.Architectures.Padding.Same ? (conv.Kernel - 1) / 2 : 0;
                return Activated(conv.Activation, graph.Node(
                    "Conv", name, [value, Weight("weight"), Weight("bias")],
                    ("kernel_shape", [conv.Kernel, conv.Kernel]), ("strides", [conv.Stride, conv.Stride]), ("pads", [pad, pad, pad, pad])));
            case MaxPoolLayer pool:
                return Pool("MaxPool", pool.Size, pool.Stride);
            case AveragePoolLayer pool:
                return Pool("AveragePool", pool.Size, pool.Stride);
            case GlobalAveragePoolLayer:
                return graph.Node("Flatten", name, [graph.Node("GlobalAveragePool", $"{name}_mean", [value])], ("axis", 1));
            case BatchNormLayer norm:
                return Activated(norm.Activation, graph.Node(
                    "BatchNormalization", name, [value, Weight("weight"), Weight("bias"), Weight("running_mean"), Weight("running_var")], ("epsilon", 1e-5f)));
            case DropoutLayer:
                return value;
            case FlattenLayer:
                return graph.Node("Flatten", name, [value], ("axis", 1));
            case DenseLayer dense:
                return Activated(dense.Activation, graph.Node("Gemm", output ?? name, [value, Weight("weight"), Weight("bias")], ("transB", 1)));
            default:
                throw new ArgumentOutOfRangeException(nameof(layer), layer, "unknown layer type");
        }
    }
}
