using XrayMlOps.Core.Runs;

namespace XrayMlOps.Training.Optimisation;

internal static class LearningRates
{
    /// <summary>What a cosine schedule ends at, as a share of where it began.</summary>
    private const double Floor = 0.01;

    /// <param name="step">From 0, over the whole run.</param>
    /// <param name="steps">In the whole run, at least 1.</param>
    public static double At(TrainingRecipe recipe, long step, long steps) => recipe.Schedule switch
    {
        LearningRateSchedule.Constant => recipe.LearningRate,
        LearningRateSchedule.Cosine => recipe.LearningRate * (Floor + (1 - Floor) * (1 + Math.Cos(Math.PI * step / steps)) / 2),
        _ => throw new ArgumentOutOfRangeException(nameof(recipe), recipe.Schedule, "unknown schedule"),
    };
}
