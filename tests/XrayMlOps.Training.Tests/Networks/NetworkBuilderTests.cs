using XrayMlOps.Core.Architectures;
using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Networks;

public sealed class NetworkBuilderTests
{
    [Fact]
    public void Model_4_has_the_parameters_of_the_2020_study()
    {
        var architecture = Architecture.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "models", "model_4.json")));
        var rows = LayerTable.Of(architecture).Rows;
        Assert.Equal([160, 4_640, 18_496, 73_856, 295_168, 1_179_776, 8_256, 2_080, 528, 51], rows.Select(row => row.Parameters).Where(count => count > 0));

        using var network = NetworkBuilder.Build(architecture);
        Assert.Equal(1_583_011, network.Parameters);
        Assert.All(
            rows.Where(row => row.Parameters > 0),
            row => Assert.Equal(row.Parameters, network.Weights().Where(pair => pair.Key.StartsWith($"layer{row.Index}.", StringComparison.Ordinal)).Sum(pair => pair.Value.numel())));
    }

    [Fact]
    public void Every_network_of_the_repository_is_sound_and_builds()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "models"), "*.json");
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            var architecture = Architecture.Parse(File.ReadAllText(file));
            var table = LayerTable.Of(architecture);
            Assert.Empty(table.Problems);
            Assert.Empty(architecture.Recipe.Problems());
            Assert.Equal(Path.GetFileNameWithoutExtension(file), architecture.Name);
            using var network = NetworkBuilder.Build(architecture);
            Assert.Equal(table.Parameters, network.Parameters);
        });
    }

    [Fact]
    public void Activation_moved_behind_the_maximum_changes_neither_value_nor_gradient()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var architecture = new Architecture
        {
            Name = "pooled",
            Input = new InputShape { Height = 12, Width = 12 },
            Layers = [new ConvolutionLayer { Filters = 4 }, new MaxPoolLayer(), new FlattenLayer(), new DenseLayer { Units = 3 }],
        };
        using var network = NetworkBuilder.Build(architecture);
        var weights = network.Weights();
        var films = rand(6, 1, 12, 12) - 0.5;

        var logits = network.call(films);
        logits.square().sum().backward();
        var gradient = weights["layer0.weight"].grad!.clone();
        weights["layer0.weight"].grad!.zero_();
        var rectifiedFirst = nn.functional.max_pool2d(nn.functional.conv2d(films, weights["layer0.weight"], weights["layer0.bias"]).relu(), 2)
            .flatten(1).matmul(weights["layer3.weight"].t()) + weights["layer3.bias"];
        rectifiedFirst.square().sum().backward();

        Assert.True(logits.allclose(rectifiedFirst, 1e-5, 1e-6));
        Assert.True(gradient.allclose(weights["layer0.weight"].grad!, 1e-4, 1e-5));
    }
}
