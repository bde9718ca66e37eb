using XrayMlOps.Core.Architectures;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Optimisation;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Optimisation;

public sealed class AdamWTests
{
    [Fact]
    public void Steps_equal_those_of_Torch()
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        var ours = nn.Parameter(randn(4, 3));
        var theirs = nn.Parameter(ours.detach().clone());
        using var optimizer = new AdamW([("weight", ours)], weightDecay: 0.1);
        using var reference = optim.AdamW([theirs], lr: 0.02, weight_decay: 0.1);

        for (var step = 0; step < 20; step++)
        {
            var target = randn(4, 3);
            (ours - target).square().sum().backward();
            optimizer.Step(0.02);
            reference.zero_grad();
            (theirs - target).square().sum().backward();
            reference.step();
        }

        Assert.True(ours.allclose(theirs, 1e-5, 1e-6));
    }

    [Fact]
    public void Steps_of_channels_last_convolutions_equal_those_of_Torch()
    {
        using var scope = NewDisposeScope();
        manual_seed(11);
        var architecture = Fixtures.TinyJob.Architecture with
        {
            Layers = [new ConvolutionLayer { Filters = 16 }, new MaxPoolLayer(), new ConvolutionLayer { Filters = 8 }, new FlattenLayer(), new DenseLayer { Units = 3 }],
        };
        using var ours = NetworkBuilder.Build(architecture);
        using var theirs = NetworkBuilder.Build(architecture);
        theirs.Load(ours.Weights());
        using var optimizer = new AdamW(ours.named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter)), weightDecay: 0);
        using var reference = optim.Adam(theirs.parameters(), lr: 0.002);
        var films = rand(4, 1, 16, 16);

        for (var step = 0; step < 5; step++)
        {
            foreach (var network in new[] { ours, theirs }) network.call(films).square().sum().backward();
            optimizer.Step(0.002);
            reference.step();
            reference.zero_grad();
        }

        Assert.All(ours.Weights(), weight => Assert.True(weight.Value.allclose(theirs.Weights()[weight.Key], 1e-3, 1e-4), weight.Key));
    }

    [Fact]
    public void Weight_decay_spares_biases()
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = (nn.Parameter(ones(2, 2)), nn.Parameter(ones(2)));
        using var optimizer = new AdamW([("weight", weight), ("bias", bias)], weightDecay: 0.5);
        (weight.sum() * 0 + bias.sum() * 0).backward();
        optimizer.Step(0.1);
        Assert.Equal(0.95f, weight[0, 0].item<float>(), 1e-6f);
        Assert.Equal(1f, bias[0].item<float>());
    }
}
