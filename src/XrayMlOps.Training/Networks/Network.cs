using TorchSharp.Modules;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Networks;

/// <summary>A built architecture: films float32 [N, 1, H, W] to logits float32 [N, 3]. Made by <see cref="NetworkBuilder"/>.</summary>
internal sealed class Network : nn.Module<Tensor, Tensor>
{
    /// <param name="steps">In order; the name is that of the architecture's layer it came from, and prefixes its weights.</param>
    public Network(IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> steps)
        : base(nameof(Network))
    {
        Steps = [.. steps.Select(step => step.Module)];
        foreach (var (name, module) in steps) register_module(name, module);
    }

    /// <summary>What films pass through, in order.</summary>
    public IReadOnlyList<nn.Module<Tensor, Tensor>> Steps { get; }

    /// <summary>Whether training computes in bfloat16: see <see cref="MixedPrecision"/>. Scoring never does, nor does a model that is served.</summary>
    public bool Mixed { get; init; }

    public override Tensor forward(Tensor films)
    {
        var mixed = Mixed && training;
        var first = !mixed && FirstBlock.Takes(Steps, films);
        var value = first ? FirstBlock.Of(films, (Conv2d)Steps[0]) : ChannelsLast(films);
        foreach (var step in first ? Steps.Skip(FirstBlock.Steps) : Steps) value = mixed ? MixedPrecision.Call(step, value) : step.call(value);
        return value.to(ScalarType.Float32);
    }

    public long Parameters => parameters().Sum(parameter => parameter.numel());

    /// <summary>Trained parameters and batch-norm statistics by name (<c>layer3.weight</c>), not copied.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights() =>
        named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter))
            .Concat(named_buffers().Select(pair => (pair.name, pair.buffer)))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <summary>Overwrites every weight. Names and shapes must be those of <see cref="Weights"/>.</summary>
    public void Load(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (name, weight) in Weights()) weight.copy_(weights[name]);
    }

    /// <summary>
    /// Says that grey films lie with their channels last, which for a single channel is as true as channels first and moves no byte. Convolutions
    /// and pools keep the layout of what they get, so the whole network then computes channels-last: its maxima are ten times as fast on a
    /// CPU, its convolutions a quarter faster.
    /// </summary>
    /// <param name="films">[N, 1, H, W]</param>
    public static Tensor ChannelsLast(Tensor films) =>
        films.contiguous().as_strided(films.shape, [films.shape[2] * films.shape[3], 1, films.shape[3], 1]);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var step in Steps) step.Dispose();
        }
        base.Dispose(disposing);
    }
}
