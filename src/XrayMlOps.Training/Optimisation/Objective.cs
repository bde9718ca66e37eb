using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Data;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Optimisation;

/// <summary>What training makes small: the mean cross-entropy with the recipe's class weights and label smoothing. Owns the weights.</summary>
internal sealed class Objective(Tensor? classWeights, double labelSmoothing) : IDisposable
{
    /// <param name="training">Positions of the training films; a class weighs N / (3 N of the class).</param>
    public static Objective For(TrainingRecipe recipe, FilmSet films, IReadOnlyCollection<int> training, Device device)
    {
        if (!recipe.ClassWeights) return new Objective(null, recipe.LabelSmoothing);
        var counts = ImageLabels.All.Select(label => training.Count(film => films.Labels[film] == label));
        float[] weights = [.. counts.Select(count => training.Count / (float)(ImageLabels.Count * Math.Max(1, count)))];
        return new Objective(tensor(weights, device: device).DetachFromDisposeScope(), recipe.LabelSmoothing);
    }

    /// <param name="logits">float32 [N, 3]</param>
    /// <param name="labels">int64 [N]</param>
    public Tensor Of(Tensor logits, Tensor labels) =>
        nn.functional.cross_entropy(logits, labels, weight: classWeights, label_smoothing: labelSmoothing);

    public void Dispose() => classWeights?.Dispose();
}
