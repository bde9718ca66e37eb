using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Training.Scoring;

/// <summary>
/// Temperature scaling (Guo et al. 2017): the one number that, dividing the logits, makes the validation loss least. Labels are
/// softened as Platt (1999) softens them, by 1 / (N + 2): where validation is separable, the best temperature would be zero, and
/// the first mistake elsewhere infinitely surprising.
/// </summary>
internal static class TemperatureScaling
{
    private const double Lowest = 0.05;
    private const double Highest = 20;
    private const double Tolerance = 1e-5;

    /// <summary>By golden section over ln T in [0.05, 20]; the loss is convex in 1 / T, so it has one minimum.</summary>
    public static double Fit(float[] logits, ImageLabel[] labels)
    {
        double LossAt(double logarithm) => Probabilities.Loss(logits, labels, Math.Exp(logarithm), 1.0 / (labels.Length + 2));

        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(Lowest), Math.Log(Highest));
        var (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        var (atLeft, atRight) = (LossAt(left), LossAt(right));
        while (high - low > Tolerance)
        {
            if (atLeft < atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - ratio * (high - low);
                atLeft = LossAt(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + ratio * (high - low);
                atRight = LossAt(right);
            }
        }
        return Math.Exp((low + high) / 2);
    }
}
