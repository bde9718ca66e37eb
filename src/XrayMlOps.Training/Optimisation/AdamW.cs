using static TorchSharp.torch;

namespace XrayMlOps.Training.Optimisation;

/// <summary>
/// Adam (Kingma and Ba 2015; beta 0.9 and 0.999, epsilon 1e-8) with decoupled weight decay (Loshchilov and Hutter 2019) on weights
/// of two or more dimensions, so not on biases or batch norms. Its state can be read and written, for checkpoints.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly double _weightDecay;
    private readonly IReadOnlyList<Slot> _slots;

    public AdamW(IEnumerable<(string Name, Tensor Parameter)> parameters, double weightDecay)
    {
        _weightDecay = weightDecay;
        _slots = [.. parameters.Select(pair => new Slot(
            pair.Name, pair.Parameter, zeros_like(pair.Parameter, requires_grad: false).DetachFromDisposeScope(),
            zeros_like(pair.Parameter, requires_grad: false).DetachFromDisposeScope()))];
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Running means of each parameter's gradient, by the parameter's name; not copied.</summary>
    public IReadOnlyDictionary<string, Tensor> FirstMoments => _slots.ToDictionary(slot => slot.Name, slot => slot.First);

    /// <summary>Running means of each parameter's squared gradient.</summary>
    public IReadOnlyDictionary<string, Tensor> SecondMoments => _slots.ToDictionary(slot => slot.Name, slot => slot.Second);

    /// <summary>Moves every parameter by its gradient, then clears the gradient.</summary>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Steps++;
        var stepSize = learningRate / (1 - Math.Pow(Beta1, Steps));
        var spread = Math.Sqrt(1 - Math.Pow(Beta2, Steps));
        foreach (var (_, parameter, first, second) in _slots)
        {
            if (parameter.grad is not { } gradient) continue;
            if (_weightDecay > 0 && parameter.dim() > 1) parameter.mul_(1 - learningRate * _weightDecay);
            first.mul_(Beta1).add_(gradient, 1 - Beta1);
            second.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
            parameter.addcdiv_(first, second.sqrt().div_(spread).add_(Epsilon), -stepSize);
            gradient.zero_();
        }
    }

    public void Dispose()
    {
        foreach (var slot in _slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
    }

    private sealed record Slot(string Name, Tensor Parameter, Tensor First, Tensor Second);
}
