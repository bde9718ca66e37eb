using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Evaluation;

/// <summary>
/// Computes an <see cref="EvaluationReport"/>. The accuracy's interval is a percentile bootstrap over patients (films of one
/// patient are not independent), 2,000 resamples from a fixed seed; where every film is right, or every one wrong, resampling
/// sees no spread and Wilson's score interval (1927) over patients takes its place.
/// </summary>
public static class Evaluator
{
    private const int Resamples = 2000;
    private const int CalibrationBins = 15;
    private static readonly int Classes = ImageLabels.Count;

    /// <param name="labels">True classes, [N].</param>
    /// <param name="probabilities">Row-major [N, 3], each row summing to 1.</param>
    /// <param name="patients">A number a patient, [N]; films with equal numbers are resampled together.</param>
    /// <exception cref="ArgumentException">The lengths disagree, or there is no film.</exception>
    public static EvaluationReport Evaluate(ReadOnlySpan<ImageLabel> labels, ReadOnlySpan<float> probabilities, ReadOnlySpan<long> patients)
    {
        var n = labels.Length;
        if (n == 0) throw new ArgumentException("There is no film to evaluate.", nameof(labels));
        if (probabilities.Length != n * Classes || patients.Length != n)
            throw new ArgumentException($"{n} labels, {probabilities.Length} probabilities and {patients.Length} patients do not belong together.");

        var confusion = new int[Classes, Classes];
        var right = new bool[n];
        var (logLoss, brier) = (0.0, 0.0);
        var bins = new (int Count, double Confidence, int Right)[CalibrationBins];
        for (var i = 0; i < n; i++)
        {
            var row = probabilities.Slice(i * Classes, Classes);
            var truth = (int)labels[i];
            var top = ArgMax(row);
            confusion[truth, top]++;
            right[i] = top == truth;
            logLoss -= Math.Log(Math.Max(row[truth], 1e-15));
            for (var c = 0; c < Classes; c++) brier += Math.Pow(row[c] - (c == truth ? 1 : 0), 2);
            ref var bin = ref bins[Math.Clamp((int)(row[top] * CalibrationBins), 0, CalibrationBins - 1)];
            bin = (bin.Count + 1, bin.Confidence + row[top], bin.Right + (right[i] ? 1 : 0));
        }

        var classes = new ClassReport[Classes];
        for (var c = 0; c < Classes; c++) classes[c] = OfClass((ImageLabel)c, confusion, RankingCurve.Auroc(labels, probabilities, c));
        var present = classes.Where(report => report.N > 0).ToArray();
        var aurocs = classes.Where(report => report.Auroc is not null).Select(report => report.Auroc!.Value).ToArray();
        return new EvaluationReport(
            n,
            right.Count(r => r) / (double)n,
            AccuracyInterval(right, patients),
            present.Average(report => report.F1 ?? 0),
            aurocs.Length == 0 ? null : aurocs.Average(),
            logLoss / n,
            brier / n,
            bins.Sum(bin => Math.Abs(bin.Confidence - bin.Right)) / n,
            classes,
            [.. Enumerable.Range(0, Classes).Select(row => (IReadOnlyList<int>)[.. Enumerable.Range(0, Classes).Select(column => confusion[row, column])])]);
    }

    /// <summary>The first of the largest values.</summary>
    public static int ArgMax(ReadOnlySpan<float> row)
    {
        var best = 0;
        for (var c = 1; c < row.Length; c++)
        {
            if (row[c] > row[best]) best = c;
        }
        return best;
    }

    private static ClassReport OfClass(ImageLabel label, int[,] confusion, double? auroc)
    {
        var c = (int)label;
        var (hit, missed, taken, total) = (confusion[c, c], 0, 0, 0);
        for (var row = 0; row < Classes; row++)
        {
            for (var column = 0; column < Classes; column++)
            {
                total += confusion[row, column];
                if (row == c && column != c) missed += confusion[row, column];
                if (row != c && column == c) taken += confusion[row, column];
            }
        }
        var others = total - hit - missed;
        return new ClassReport(
            label, hit + missed, Share(hit, hit + missed), Share(others - taken, others), Share(hit, hit + taken),
            Share(2 * hit, 2 * hit + missed + taken), auroc);
    }

    private static double? Share(int part, int whole) => whole == 0 ? null : part / (double)whole;

    private static Interval AccuracyInterval(bool[] right, ReadOnlySpan<long> patients)
    {
        Dictionary<long, (int Right, int Films)> byPatient = [];
        for (var i = 0; i < right.Length; i++)
        {
            var (patientRight, films) = byPatient.GetValueOrDefault(patients[i]);
            byPatient[patients[i]] = (patientRight + (right[i] ? 1 : 0), films + 1);
        }
        var groups = byPatient.OrderBy(pair => pair.Key).Select(pair => pair.Value).ToArray();
        var hits = right.Count(r => r);
        if (hits == 0 || hits == right.Length) return Wilson(hits == 0 ? 0 : groups.Length, groups.Length);

        var random = new Random(20201);
        var accuracies = new double[Resamples];
        for (var resample = 0; resample < Resamples; resample++)
        {
            var (sum, films) = (0, 0);
            for (var i = 0; i < groups.Length; i++)
            {
                var group = groups[random.Next(groups.Length)];
                sum += group.Right;
                films += group.Films;
            }
            accuracies[resample] = sum / (double)films;
        }
        Array.Sort(accuracies);
        return new Interval(accuracies[(int)(0.025 * Resamples)], accuracies[(int)(0.975 * Resamples) - 1]);
    }

    /// <summary>Wilson's 95 % score interval of a share (Wilson 1927).</summary>
    public static Interval Wilson(int hits, int n)
    {
        const double z = 1.959964;
        var p = hits / (double)n;
        var centre = (p + z * z / (2 * n)) / (1 + z * z / n);
        var half = z / (1 + z * z / n) * Math.Sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));
        return new Interval(Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
