using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Onnx;

/// <summary>
/// Where each class comes from, as a branch of the graph that is computed only if asked for: map_c = ReLU(Σ_k α_ck A_k), where the A_k are the
/// feature maps that enter the first layer without places, a flattening or a global average (the films themselves if nothing is before it).
/// A head that averages them and has one dense layer has its weights for α_ck: the class activation map of Zhou et al. (CVPR 2016), without its
/// negative part. For any other head, α_ck is the mean over places of the exact gradient of logit c: Grad-CAM (Selvaraju et al., ICCV 2017).
/// </summary>
internal sealed class ClassActivation
{
    private readonly IReadOnlyList<Layer> _layers;
    private readonly int _flattening;
    private readonly int[] _dense;
    private readonly int _channels;
    private readonly int _height;
    private readonly int _width;

    public ClassActivation(Architecture architecture)
    {
        _layers = architecture.Layers;
        _flattening = _layers.Index().First(layer => layer.Item is FlattenLayer or GlobalAveragePoolLayer).Index;
        _dense = [.. _layers.Index().Where(layer => layer.Item is DenseLayer).Select(layer => layer.Index)];
        var input = architecture.Input;
        IReadOnlyList<int> features = _flattening == 0 ? [input.Channels, input.Height, input.Width] : LayerTable.Of(architecture).Rows[_flattening - 1].OutputShape;
        (_channels, _height, _width) = (features[0], features[1], features[2]);
    }

    /// <summary>The value of <see cref="ModelMetadata.Explanation"/>.</summary>
    public string Method => Averages && _dense.Length == 1 ? ModelMetadata.ClassActivationMap : ModelMetadata.GradCam;

    private bool Averages => _layers[_flattening] is GlobalAveragePoolLayer;

    /// <summary>Adds <see cref="ModelMetadata.ExplainInput"/> and <see cref="ModelMetadata.ClassActivationOutput"/>.</summary>
    /// <param name="outputs">What the graph calls the output of each layer, after its activation.</param>
    /// <param name="weights">By the names of <see cref="Network.Weights"/>, which are also those of the graph's constants.</param>
    public void AddTo(OnnxGraph graph, IReadOnlyList<string> outputs, IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        graph.Switch(ModelMetadata.ExplainInput, otherwise: false);
        graph.Node(
            "If", ModelMetadata.ClassActivationOutput, [ModelMetadata.ExplainInput], ("then_branch", Maps(outputs, weights)), ("else_branch", NoMaps()));
        graph.Output(ModelMetadata.ClassActivationOutput, "explained", ImageLabels.Count, "rows", "columns");
    }

    private static OnnxGraph NoMaps()
    {
        var branch = new OnnxGraph("unexplained");
        branch.Output(branch.Constant("no_class_maps", [0, ImageLabels.Count, 0, 0]), 0, ImageLabels.Count, 0, 0);
        return branch;
    }

    private OnnxGraph Maps(IReadOnlyList<string> outputs, IReadOnlyDictionary<string, Tensor> weights)
    {
        var branch = new OnnxGraph("explained");
        var features = _flattening == 0 ? ModelMetadata.FilmsInput : outputs[_flattening - 1];
        var places = branch.Node("Reshape", "places", [features, branch.Integers("places_shape", 0, _channels, -1)]);
        var sums = branch.Node("MatMul", "class_sums", [Shares(branch, outputs, weights), places]);
        var maps = branch.Node("Reshape", "class_maps", [sums, branch.Integers("class_maps_shape", 0, ImageLabels.Count, _height, _width)]);
        branch.Output(branch.Node("Relu", "class_maps_relu", [maps]), OnnxGraph.Films, ImageLabels.Count, _height, _width);
        return branch;
    }

    /// <summary>
    /// α: [N, 3, K], or [3, K] where it is the same for every film. Around a film, a head of dense and rectified layers is linear: its gradient is the
    /// product of its layers' weights, with zeros where a rectifier gives zero.
    /// </summary>
    private string Shares(OnnxGraph branch, IReadOnlyList<string> outputs, IReadOnlyDictionary<string, Tensor> weights)
    {
        string Weight(int layer)
        {
            var name = $"{NetworkBuilder.LayerName(layer)}.weight";
            return layer == _dense[0] && Method == ModelMetadata.GradCam ? branch.Constant($"{name}.mean", MeanOverPlaces(weights[name])) : name;
        }
        var gradient = Weight(_dense[^1]);
        foreach (var layer in _dense.SkipLast(1).Reverse())
        {
            var name = NetworkBuilder.LayerName(layer);
            if (((DenseLayer)_layers[layer]).Activation == Activation.Relu)
            {
                // The sign of what a rectifier gives is its derivative, and to ask for that, not for what it takes, leaves it fused.
                var derivative = branch.Node("Sign", $"{name}_derivative", [outputs[layer]]);
                var ofClasses = branch.Node("Unsqueeze", $"{name}_derivative_of_classes", [derivative, branch.Integers($"{name}_classes_axis", 1)]);
                gradient = branch.Node("Mul", $"{name}_gradient_before_relu", [gradient, ofClasses]);
            }
            gradient = branch.Node("MatMul", $"{name}_gradient", [gradient, Weight(layer)]);
        }
        return gradient;
    }

    /// <summary>
    /// The first dense layer's part of the gradient, averaged over the places of each feature map: [units, K]. The mean may be taken here, once,
    /// since it commutes with the products that come before.
    /// </summary>
    private Tensor MeanOverPlaces(Tensor weight) =>
        Averages ? weight / (_height * _width) : weight.cpu().view(-1, _channels, (long)_height * _width).mean([2]);
}
