using XrayMlOps.Core.Runs;

namespace XrayMlOps.Training.Optimisation;

internal static class LearningRates
{
    /// <summary>What a cosine schedule ends at, as a share of where it began.</summary>
    private const double Floor = 0.01;

    /// <param name="step">From 0, over the whole run. Behind the horizon, the rate stays where it ended.</param>
    /// <param name="stepsAnEpoch">At least 1.</param>
    public static double At(TrainingRecipe recipe, long step, int stepsAnEpoch) => recipe.Schedule switch
    {
        LearningRateSchedule.Constant => recipe.LearningRate,
        LearningRateSchedule.Cosine => recipe.LearningRate * (Floor + (1 - Floor) * (1 + Math.Cos(Math.PI * Way(recipe, step, stepsAnEpoch))) / 2),
        _ => throw new ArgumentOutOfRangeException(nameof(recipe), recipe.Schedule, "unknown schedule"),
    };

    /// <summary>How far the schedule has come, 0 to 1.</summary>
    private static double Way(TrainingRecipe recipe, long step, int stepsAnEpoch) =>
        Math.Min(1, step / ((double)stepsAnEpoch * (recipe.Horizon == 0 ? recipe.Epochs : recipe.Horizon)));
}
