using CsCheck;
using Microsoft.ML.OnnxRuntime;
using TorchSharp.Modules;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Onnx;
using XrayMlOps.Training.Tests.Fixtures;
using XrayMlOps.Training.Tests.Networks;
using static TorchSharp.torch;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Training.Tests.Onnx;

public sealed class ClassActivationTests
{
    // Of the largest value; untrained networks have small ones.
    private const double Tolerance = 1e-4;
    private const double Smallest = 1e-3;

    [Fact]
    public void Maps_of_any_network_are_what_automatic_differentiation_gives() => RandomArchitectures.Valid.Sample(AssertMaps, iter: 60, threads: 1);

    [Theory]
    [InlineData("model_4", ModelMetadata.GradCam)]
    [InlineData("phantom_net", ModelMetadata.ClassActivationMap)]
    public void Maps_of_a_network_of_the_repository_are_what_automatic_differentiation_gives(string name, string method)
    {
        var architecture = Architecture.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "models", $"{name}.json")));
        Assert.Equal(method, new ClassActivation(architecture).Method);
        AssertMaps(architecture);
    }

    [Fact]
    public void Map_of_a_pooled_head_is_the_sum_of_the_feature_maps_with_its_weights()
    {
        using var scope = NewDisposeScope();
        var architecture = Network([new GlobalAveragePoolLayer(), new DropoutLayer { Rate = 0.5 }, new DenseLayer { Units = 3 }]);
        using var network = NetworkBuilder.Build(architecture);
        var weights = network.Weights();
        using (no_grad()) weights["layer2.weight"].copy_(tensor(new[] { 2f, -1f, 0.5f }).view(3, 1));
        var films = rand(2, 1, 8, 9);

        var maps = Explain(OnnxWriter.Write(architecture, weights, 1, new Dictionary<string, string>()), films);

        Assert.True(maps.allclose(cat([films * 2, films * 0, films * 0.5], dim: 1)));
        Assert.Equal(ModelMetadata.ClassActivationMap, new ClassActivation(architecture).Method);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Head_of_more_than_an_average_and_a_dense_layer_is_explained_by_gradients(bool pools)
    {
        Layer[] head = pools
            ? [new GlobalAveragePoolLayer(), new DenseLayer { Units = 4 }, new DenseLayer { Units = 3 }]
            : [new FlattenLayer(), new DenseLayer { Units = 3 }];
        Assert.Equal(ModelMetadata.GradCam, new ClassActivation(Network(head)).Method);
    }

    [Fact]
    public void Explain_is_optional_and_without_it_there_are_no_maps()
    {
        using var scope = NewDisposeScope();
        using var network = NetworkBuilder.Build(TinyJob.Architecture);
        var model = OnnxWriter.Write(TinyJob.Architecture, network.Weights(), 1, new Dictionary<string, string>());
        using var session = ExportedModel.Load(model);
        Assert.Equal([ModelMetadata.FilmsInput], session.InputMetadata.Keys);
        var explain = Assert.Single(session.OverridableInitializerMetadata);
        Assert.Equal((ModelMetadata.ExplainInput, typeof(bool), 0), (explain.Key, explain.Value.ElementType, explain.Value.Dimensions.Length));
        Assert.Equal([-1, ImageLabels.Count, -1, -1], session.OutputMetadata[ModelMetadata.ClassActivationOutput].Dimensions);

        using var run = new RunOptions();
        using var films = OrtValue.CreateTensorValueFromMemory(new float[16 * 16], [1, 1, 16, 16]);
        using var unexplained = session.Run(run, [ModelMetadata.FilmsInput], [films], [ModelMetadata.ClassActivationOutput]);
        Assert.Equal([0, ImageLabels.Count, 0, 0], unexplained[0].GetTensorTypeAndShape().Shape);
        Assert.Equal([1, ImageLabels.Count, 3, 3], Explain(model, zeros(1, 1, 16, 16)).shape);
    }

    private static Architecture Network(Layer[] head) => new() { Name = "head", Input = new InputShape { Height = 8, Width = 9 }, Layers = head };

    private static void AssertMaps(Architecture architecture)
    {
        using var scope = NewDisposeScope();
        manual_seed(architecture.Layers.Count);
        using var network = NetworkBuilder.Build(architecture);
        var films = rand(3, 1, architecture.Input.Height, architecture.Input.Width);
        using (no_grad()) network.call(films); // gives batch norms statistics of their own
        network.eval();

        var expected = Differentiated(network, films, new ClassActivation(architecture).Method == ModelMetadata.ClassActivationMap);
        var maps = Explain(OnnxWriter.Write(architecture, network.Weights(), 1.7, new Dictionary<string, string>()), films);

        Assert.Equal(expected.shape, maps.shape);
        Assert.True(maps.min().item<float>() >= 0);
        Assert.InRange((expected - maps).abs().max().item<float>(), 0, Tolerance * Math.Max(Smallest, expected.max().item<float>()));
    }

    /// <param name="sums">Whether a feature map's share is the sum over its places rather than the mean, as in a class activation map.</param>
    private static Tensor Differentiated(Network network, Tensor films, bool sums)
    {
        var head = network.Steps.SkipWhile(step => step is not (Flatten or Sequential)).ToArray();
        Tensor features;
        using (no_grad()) features = network.Steps.SkipLast(head.Length).Aggregate(films, (value, step) => step.call(value));
        features = features.detach().requires_grad_();
        var logits = head.Aggregate(features, (value, step) => step.call(value));
        return cat([.. Enumerable.Range(0, ImageLabels.Count).Select(label =>
        {
            var gradient = autograd.grad([logits[.., label].sum()], [features], retain_graph: true)[0];
            var shares = sums ? gradient.sum([2, 3], keepdim: true) : gradient.mean([2, 3], keepdim: true);
            return (shares * features).sum(1, keepdim: true).relu();
        })], dim: 1).detach();
    }

    private static Tensor Explain(byte[] model, Tensor films)
    {
        using var session = ExportedModel.Load(model);
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(films.contiguous().data<float>().ToArray(), films.shape);
        using var explain = OrtValue.CreateTensorValueFromMemory([true], []);
        using var outputs = session.Run(
            run, [ModelMetadata.FilmsInput, ModelMetadata.ExplainInput], [input, explain], [ModelMetadata.ClassActivationOutput]);
        return tensor(outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[0].GetTensorTypeAndShape().Shape);
    }
}
