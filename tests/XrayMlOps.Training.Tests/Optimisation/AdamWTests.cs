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
