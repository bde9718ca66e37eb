using TorchSharp.Modules;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Networks;

/// <summary>
/// Normal weights scaled by the number of inputs so that signals keep their size through rectified layers (He et al. 2015), with
/// zero biases. Torch's own default shrinks them at every layer, and a deep network with a narrow tail then rests on a plateau for
/// thousands of steps. The last layer, which is not rectified, takes Glorot and Bengio's scale (2010).
/// </summary>
internal static class InitialWeights
{
    public static void Draw(Network network)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var dense = network.modules().OfType<Linear>().ToList();
        foreach (var conv in network.modules().OfType<Conv2d>()) He(conv.weight, conv.bias!);
        foreach (var layer in dense.SkipLast(1)) He(layer.weight, layer.bias!);
        nn.init.xavier_normal_(dense[^1].weight);
        nn.init.zeros_(dense[^1].bias!);
    }

    private static void He(Tensor weight, Tensor bias)
    {
        nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanIn, nonlinearity: nn.init.NonlinearityType.ReLU);
        nn.init.zeros_(bias);
    }
}
