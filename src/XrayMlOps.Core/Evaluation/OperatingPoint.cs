using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Evaluation;

/// <summary>
/// From which confidence on a model answers rather than abstains: selective classification with the probability of the most probable
/// class as confidence (Geifman and El-Yaniv, NeurIPS 2017). It is chosen on the validation split.
/// </summary>
/// <param name="Confidence">
/// The lowest probability of the most probable class that counts as an answer: the model abstains below it. It is that of a validation film, a
/// float32, which is the same number here; or <see cref="NeverAnswers"/>.
/// </param>
/// <param name="TargetAccuracy">The accuracy that was asked for of the answers.</param>
/// <param name="Accuracy">The share of answers that were right on validation; null if there were none.</param>
/// <param name="Coverage">The share of validation films that were answered.</param>
public sealed record OperatingPoint(double Confidence, double TargetAccuracy, double? Accuracy, double Coverage)
{
    /// <summary>What is asked of the answers unless somebody says otherwise.</summary>
    public const double DefaultTargetAccuracy = 0.9;

    /// <summary>A <see cref="Confidence"/> that no probability reaches, and that stays so however it is rounded.</summary>
    public const double NeverAnswers = 2;

    /// <summary>
    /// The point of the largest coverage whose answers are right often enough: the lowest confidence of a film such that, of the films that
    /// are at least as confident, the share of <paramref name="targetAccuracy"/> is right. If there is none, the point that never answers.
    /// </summary>
    /// <param name="labels">True classes, [N].</param>
    /// <param name="probabilities">Calibrated, row-major [N, 3].</param>
    /// <exception cref="ArgumentException">The lengths disagree, or there is no film.</exception>
    public static OperatingPoint Choose(
        ReadOnlySpan<ImageLabel> labels, ReadOnlySpan<float> probabilities, double targetAccuracy = DefaultTargetAccuracy)
    {
        var n = labels.Length;
        if (n == 0) throw new ArgumentException("There is no film to choose by.", nameof(labels));
        if (probabilities.Length != n * ImageLabels.Count)
            throw new ArgumentException($"{n} labels and {probabilities.Length} probabilities do not belong together.", nameof(probabilities));

        var (confidences, right) = (new float[n], new bool[n]);
        for (var film = 0; film < n; film++)
        {
            var row = probabilities.Slice(film * ImageLabels.Count, ImageLabels.Count);
            var top = Evaluator.ArgMax(row);
            (confidences[film], right[film]) = (row[top], top == (int)labels[film]);
        }
        Array.Sort(confidences, right);

        var chosen = new OperatingPoint(NeverAnswers, targetAccuracy, null, 0);
        var hits = 0;
        for (var (start, end) = (n, n); end > 0; end = start)
        {
            // Films of equal confidence are answered together or not at all.
            while (start > 0 && confidences[start - 1] == confidences[end - 1]) hits += right[--start] ? 1 : 0;
            var accuracy = hits / (double)(n - start);
            if (accuracy >= targetAccuracy) chosen = new OperatingPoint(confidences[start], targetAccuracy, accuracy, (n - start) / (double)n);
        }
        return chosen;
    }
}
