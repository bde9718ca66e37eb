using XrayMlOps.Training.Data;
using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Scoring;

/// <summary>Runs a network over films without training it.</summary>
internal static class Scorer
{
    private const int BatchSize = 16;

    /// <summary>Logits, row-major [n, 3], of the films at <paramref name="positions"/>. Leaves the network in evaluation mode.</summary>
    public static float[] Logits(Network network, FilmSet films, int[] positions, Device device, CancellationToken cancellationToken)
    {
        network.eval();
        using var frozen = no_grad();
        var logits = new List<float>(positions.Length * 3);
        foreach (var batch in positions.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            logits.AddRange(network.call(films.Films(batch, device)).cpu().data<float>());
        }
        return [.. logits];
    }
}
