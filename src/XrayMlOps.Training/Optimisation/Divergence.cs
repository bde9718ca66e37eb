using System.Globalization;

namespace XrayMlOps.Training.Optimisation;

internal static class Divergence
{
    /// <exception cref="TrainingFailedException">The loss is infinite or not a number.</exception>
    public static void Check(double loss, int epoch, string where)
    {
        if (!double.IsFinite(loss))
            throw new TrainingFailedException($"diverged at epoch {epoch}, {where}: the loss is {loss.ToString(CultureInfo.InvariantCulture)}; try a lower learning rate.");
    }
}
