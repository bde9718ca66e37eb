using XrayMlOps.Core.Architectures;
using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Networks;

public sealed class InitialWeightsTests
{
    [Fact]
    public void Signal_keeps_its_size_through_many_rectified_layers_and_ends_in_even_guesses()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        Layer dense = new DenseLayer { Units = 256, Activation = Activation.Relu };
        var architecture = new Architecture
        {
            Name = "deep",
            Input = new InputShape { Height = 16, Width = 16 },
            Layers = [new FlattenLayer(), .. Enumerable.Repeat(dense, 12), new DenseLayer { Units = 3 }],
        };
        using var network = NetworkBuilder.Build(architecture);
        var value = randn(64, 1, 16, 16);
        foreach (var step in network.Steps.SkipLast(1)) value = step.call(value);

        Assert.InRange(value.square().mean().item<float>(), 0.2f, 5f);
        Assert.True(network.Steps[^1].call(value).softmax(1).sub(1 / 3.0).abs().max().item<float>() < 0.2f);
    }

    [Fact]
    public void Fitted_units_tell_alike_films_apart()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(3);
        Layer narrow = new DenseLayer { Units = 16, Activation = Activation.Relu };
        var architecture = new Architecture
        {
            Name = "deep",
            Input = new InputShape { Height = 16, Width = 16 },
            Layers = [new ConvolutionLayer { Filters = 4 }, new MaxPoolLayer(), new FlattenLayer(), .. Enumerable.Repeat(narrow, 6), new DenseLayer { Units = 3 }],
        };
        using var network = NetworkBuilder.Build(architecture);
        var films = rand(1, 1, 16, 16) + 0.02 * randn(64, 1, 16, 16); // they differ little from one another
        network.eval();
        var before = Spread(network, films);

        InitialWeights.Fit(network, films);

        Assert.True(network.training);
        network.eval();
        Assert.True(Spread(network, films) > 5 * before);
        var units = network.Steps[0].call(films);
        Assert.True(units.mean([0, 2, 3]).abs().max().item<float>() < 1e-3);
        Assert.True((units.square().mean([0, 2, 3]) - 1).abs().max().item<float>() < 1e-2);
    }

    [Fact]
    public void Films_that_are_all_the_same_leave_finite_weights()
    {
        using var scope = NewDisposeScope();
        using var network = NetworkBuilder.Build(Fixtures.TinyJob.Architecture);
        InitialWeights.Fit(network, zeros(4, 1, 16, 16));
        Assert.All(network.Weights().Values, weight => Assert.True(weight.isfinite().all().item<bool>()));
    }

    /// <summary>How much the logits differ between films.</summary>
    private static float Spread(Network network, Tensor films) => network.call(films).std([0]).mean().item<float>();
}
