using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;

namespace XrayMlOps.Training.Scoring;

/// <summary>From logits, row-major [N, 3], to what they say.</summary>
internal static class Probabilities
{
    /// <summary>Softmax of the logits divided by <paramref name="temperature"/>, row-major [N, 3].</summary>
    public static float[] Of(ReadOnlySpan<float> logits, double temperature)
    {
        var probabilities = new float[logits.Length];
        for (var start = 0; start < logits.Length; start += ImageLabels.Count)
        {
            var row = logits.Slice(start, ImageLabels.Count);
            var (top, sum) = (Max(row), 0.0);
            foreach (var logit in row) sum += Math.Exp((logit - top) / temperature);
            for (var c = 0; c < row.Length; c++) probabilities[start + c] = (float)(Math.Exp((row[c] - top) / temperature) / sum);
        }
        return probabilities;
    }

    /// <summary>
    /// Mean negative log-likelihood in nats against labels softened by <paramref name="smoothing"/>: the true class has
    /// 1 - <paramref name="smoothing"/>, the others share the rest.
    /// </summary>
    public static double Loss(ReadOnlySpan<float> logits, ReadOnlySpan<ImageLabel> labels, double temperature = 1, double smoothing = 0)
    {
        var loss = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = logits.Slice(i * ImageLabels.Count, ImageLabels.Count);
            var (top, sum) = (Max(row), 0.0);
            foreach (var logit in row) sum += Math.Exp((logit - top) / temperature);
            for (var c = 0; c < row.Length; c++)
            {
                var share = c == (int)labels[i] ? 1 - smoothing : smoothing / (row.Length - 1);
                if (share > 0) loss -= share * ((row[c] - top) / temperature - Math.Log(sum));
            }
        }
        return loss / labels.Length;
    }

    public static double Accuracy(ReadOnlySpan<float> logits, ReadOnlySpan<ImageLabel> labels)
    {
        var right = 0;
        for (var i = 0; i < labels.Length; i++) right += Evaluator.ArgMax(logits.Slice(i * ImageLabels.Count, ImageLabels.Count)) == (int)labels[i] ? 1 : 0;
        return right / (double)labels.Length;
    }

    private static float Max(ReadOnlySpan<float> row)
    {
        var top = float.NegativeInfinity;
        foreach (var value in row) top = Math.Max(top, value); // Math.Max keeps NaN
        return top;
    }
}
