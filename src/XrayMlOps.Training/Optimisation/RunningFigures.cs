using static TorchSharp.torch;

namespace XrayMlOps.Training.Optimisation;

/// <summary>
/// Loss and accuracy over an epoch so far, summed where the network computes: reading them waits for the device, so steps only add.
/// </summary>
internal sealed class RunningFigures(Device device) : IDisposable
{
    private readonly Tensor _loss = zeros([], ScalarType.Float64, device).DetachFromDisposeScope();
    private readonly Tensor _right = zeros([], ScalarType.Int64, device).DetachFromDisposeScope();

    public int Films { get; private set; }

    /// <summary>Mean cross-entropy in nats; not finite once any film's was not.</summary>
    public double Loss => _loss.item<double>() / Films;

    public double Accuracy => _right.item<long>() / (double)Films;

    public void Add(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _loss.add_(nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum));
        _right.add_(logits.argmax(1).eq(labels).sum());
        Films += (int)labels.shape[0];
    }

    public void Dispose()
    {
        _loss.Dispose();
        _right.Dispose();
    }
}
