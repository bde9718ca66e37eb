using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Optimisation;

/// <summary>One step of training: forward, backward, update. All tensors of the step are gone when it returns.</summary>
internal sealed class TrainingStep(Network network, AdamW optimizer, Objective objective)
{
    /// <param name="films">float32 [N, 1, H, W] on the network's device.</param>
    /// <param name="labels">int64 [N]</param>
    /// <param name="figures">Takes the step's figures, from before the update.</param>
    public void Take(Tensor films, Tensor labels, double learningRate, RunningFigures figures)
    {
        using var scope = NewDisposeScope();
        var logits = network.call(films);
        objective.Of(logits, labels).backward();
        optimizer.Step(learningRate);
        figures.Add(logits, labels);
    }
}
