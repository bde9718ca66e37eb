using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Scoring;

/// <summary>The films of a <see cref="ParitySample"/>, and what a network says of them.</summary>
internal static class DrawnFilms
{
    /// <summary>float32 [<see cref="ParitySample.Films"/>, 1, H, W], pixel / 255, as the network takes them.</summary>
    public static Tensor Draw(int height, int width)
    {
        using var scope = NewDisposeScope();
        var pixels = new byte[ParitySample.Films * height * width];
        for (var film = 0; film < ParitySample.Films; film++) ParitySample.Draw(film, height, width, pixels.AsSpan(film * height * width, height * width));
        return tensor(pixels, [ParitySample.Films, 1, height, width]).to(ScalarType.Float32).div_(255).MoveToOuterDisposeScope();
    }

    /// <summary>Scores them. Leaves the network in evaluation mode.</summary>
    public static ParitySample Score(Network network, int height, int width, double temperature, Device device)
    {
        network.eval();
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var logits = network.call(Draw(height, width).to(device)).cpu();
        return new ParitySample([.. Probabilities.Of(logits.data<float>().ToArray(), temperature).Chunk(ImageLabels.Count)]);
    }
}
