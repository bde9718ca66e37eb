using TorchSharp.Modules;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Networks;

/// <summary>
/// Where training begins. Torch's own default shrinks the signal at every rectified layer, and films are much alike: what they
/// have in common soon drowns what tells them apart, and a deep network with a narrow tail rests on a plateau for thousands of
/// steps. So weights are first drawn at a scale that keeps the signal (<see cref="Draw"/>), then fitted to real films
/// (<see cref="Fit"/>).
/// </summary>
internal static class InitialWeights
{
    private const double LeastSpread = 1e-4;
    private const double LogitScale = 0.1;

    /// <summary>
    /// Normal weights scaled by the number of inputs (He et al. 2015) and zero biases. The last layer takes a tenth of Glorot and
    /// Bengio's scale (2010): the first guesses are then even, and the first steps do not go into taking back confident ones.
    /// </summary>
    public static void Draw(Network network)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var dense = network.modules().OfType<Linear>().ToList();
        foreach (var conv in network.modules().OfType<Conv2d>()) He(conv.weight, conv.bias!);
        foreach (var layer in dense.SkipLast(1)) He(layer.weight, layer.bias!);
        nn.init.xavier_normal_(dense[^1].weight, LogitScale);
        nn.init.zeros_(dense[^1].bias!);
    }

    /// <summary>
    /// Layer by layer, shifts and scales each unit so that over <paramref name="films"/> its output has mean 0 and variance 1 before
    /// activation (Krähenbühl et al. 2016; Salimans and Kingma 2016). The last layer stays as it is.
    /// </summary>
    /// <param name="films">float32 [N, 1, H, W]: a few dozen of the training films.</param>
    public static void Fit(Network network, Tensor films)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        network.eval();
        var last = network.modules().OfType<Linear>().Last();
        var value = Network.ChannelsLast(films);
        foreach (var step in network.Steps)
        {
            if (step is Conv2d conv) Standardise(conv.weight, conv.bias!, step.call(value), [0, 2, 3]);
            else if (step is Linear dense && dense != last) Standardise(dense.weight, dense.bias!, step.call(value), [0]);
            value = step.call(value);
        }
        network.train();
    }

    private static void He(Tensor weight, Tensor bias)
    {
        nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanIn, nonlinearity: nn.init.NonlinearityType.ReLU);
        nn.init.zeros_(bias);
    }

    /// <param name="output">What the layer gives now, its units in dimension 1; their biases are still zero.</param>
    /// <param name="over">The other dimensions.</param>
    private static void Standardise(Tensor weight, Tensor bias, Tensor output, long[] over)
    {
        var mean = output.mean(over);
        var spread = (output.square().mean(over) - mean.square()).clamp_(0).sqrt_();
        spread.masked_fill_(spread < LeastSpread, 1); // a unit that these films do not move keeps its scale
        weight.div_(spread.view([-1, .. Enumerable.Repeat(1L, (int)weight.dim() - 1)]));
        bias.copy_(-mean / spread);
    }
}
