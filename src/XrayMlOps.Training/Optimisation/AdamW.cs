using static TorchSharp.torch;

namespace XrayMlOps.Training.Optimisation;

/// <summary>
/// Adam (Kingma and Ba 2015; beta 0.9 and 0.999, epsilon 1e-8) with decoupled weight decay (Loshchilov and Hutter 2019) on weights
/// of two or more dimensions, so not on biases or batch norms. Its state can be read and written, for checkpoints.
/// </summary>
internal sealed class AdamW : IDisposable
{
    /// <summary>Torch's fused step, one pass over all parameters; TorchSharp reaches it through a script only.</summary>
    private const string Script = """
        def step(parameters: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], rate: float, decay: float):
            unused: List[Tensor] = []
            torch._fused_adamw_(parameters, gradients, first, second, unused, steps, lr=rate, beta1=0.9, beta2=0.999, weight_decay=decay, eps=1e-8, amsgrad=False, maximize=False)
            return len(parameters)

        """;

    private readonly double _weightDecay;
    private readonly IReadOnlyList<Slot> _slots;
    private readonly Tensor _steps;
    private readonly jit.CompilationUnit _script = jit.compile(Script);

    public AdamW(IEnumerable<(string Name, Tensor Parameter)> parameters, double weightDecay)
    {
        _weightDecay = weightDecay;
        _slots = [.. parameters.Select(pair => new Slot(
            pair.Name, pair.Parameter, zeros_like(pair.Parameter, requires_grad: false).DetachFromDisposeScope(),
            zeros_like(pair.Parameter, requires_grad: false).DetachFromDisposeScope()))];
        _steps = zeros([], ScalarType.Float32, _slots[0].Parameter.device).DetachFromDisposeScope();
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Running means of each parameter's gradient, by the parameter's name; not copied.</summary>
    public IReadOnlyDictionary<string, Tensor> FirstMoments => _slots.ToDictionary(slot => slot.Name, slot => slot.First);

    /// <summary>Running means of each parameter's squared gradient.</summary>
    public IReadOnlyDictionary<string, Tensor> SecondMoments => _slots.ToDictionary(slot => slot.Name, slot => slot.Second);

    /// <summary>Moves every parameter that has a gradient, then drops the gradient.</summary>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _steps.fill_(++Steps);
        foreach (var group in _slots.Where(slot => slot.Parameter.grad is not null).GroupBy(slot => slot.Parameter.dim() > 1))
            Move([.. group], learningRate, group.Key ? _weightDecay : 0);
        foreach (var slot in _slots) slot.Parameter.grad = null;
    }

    public void Dispose()
    {
        foreach (var slot in _slots)
        {
            slot.First.Dispose();
            slot.Second.Dispose();
        }
        _steps.Dispose();
        _script.Dispose();
    }

    /// <summary>The step goes through memory as it lies; a gradient lies as its parameter does (autograd's layout contract).</summary>
    private void Move(Slot[] slots, double learningRate, double weightDecay) => _script.invoke(
        "step", Each(slots, slot => slot.Parameter), Each(slots, slot => slot.Parameter.grad!), Each(slots, slot => slot.First), Each(slots, slot => slot.Second),
        Each(slots, _ => _steps), learningRate, weightDecay);

    private static Tensor[] Each(Slot[] slots, Func<Slot, Tensor> tensor) => [.. slots.Select(tensor)];

    private sealed record Slot(string Name, Tensor Parameter, Tensor First, Tensor Second);
}
