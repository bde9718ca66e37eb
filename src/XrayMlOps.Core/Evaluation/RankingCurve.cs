using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Evaluation;

/// <summary>What the order of the scores alone says.</summary>
internal static class RankingCurve
{
    /// <summary>
    /// Area under the ROC curve of one class against the rest: the Mann-Whitney statistic (Hanley and McNeil 1982), ties counted
    /// half. Null if the class, or the rest, has no film.
    /// </summary>
    public static double? Auroc(ReadOnlySpan<ImageLabel> labels, ReadOnlySpan<float> probabilities, int @class)
    {
        var n = labels.Length;
        var scores = new float[n];
        var positive = new bool[n];
        for (var i = 0; i < n; i++) (scores[i], positive[i]) = (probabilities[i * ImageLabels.Count + @class], (int)labels[i] == @class);
        Array.Sort(scores, positive);
        var (rankSum, positives) = (0.0, 0L);
        for (var start = 0; start < n;)
        {
            var end = start;
            var tiedPositives = 0;
            while (end < n && scores[end] == scores[start]) tiedPositives += positive[end++] ? 1 : 0;
            rankSum += tiedPositives * (start + 1 + end) / 2.0; // mean rank of the tie, from 1
            positives += tiedPositives;
            start = end;
        }
        var negatives = n - positives;
        return positives == 0 || negatives == 0 ? null : (rankSum - positives * (positives + 1) / 2.0) / ((double)positives * negatives);
    }
}
