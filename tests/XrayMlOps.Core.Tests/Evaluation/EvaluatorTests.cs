using CsCheck;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;

namespace XrayMlOps.Core.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static readonly ImageLabel[] Labels = [ImageLabel.Normal, ImageLabel.Normal, ImageLabel.Bacteria, ImageLabel.Virus];

    private static readonly float[] Probabilities =
    [
        0.7f, 0.2f, 0.1f, // right
        0.1f, 0.6f, 0.3f, // taken for bacteria
        0.2f, 0.5f, 0.3f, // right
        0.3f, 0.3f, 0.4f, // right
    ];

    [Fact]
    public void Evaluate_four_films_equals_what_is_worked_out_by_hand()
    {
        var report = Evaluator.Evaluate(Labels, Probabilities, [1, 2, 3, 4]);

        Assert.Equal(4, report.N);
        Assert.Equal(0.75, report.Accuracy);
        Assert.Equal(-(Math.Log(0.7) + Math.Log(0.1) + Math.Log(0.5) + Math.Log(0.4)) / 4, report.LogLoss, 1e-6);
        Assert.Equal((0.14 + 1.26 + 0.38 + 0.54) / 4, report.BrierScore, 1e-6);
        Assert.Equal((0.3 + 0.6 + 0.5 + 0.6) / 4, report.ExpectedCalibrationError, 1e-6);
        Assert.Equal([[1, 1, 0], [0, 1, 0], [0, 0, 1]], report.Confusion);
        var normal = report.Classes[0];
        Assert.Equal((0.5, 1.0, 1.0), (normal.Sensitivity, normal.Specificity, normal.Precision));
        Assert.Equal(2 / 3.0, normal.F1!.Value, 1e-12);
        Assert.Equal((2 / 3.0 + 2 / 3.0 + 1) / 3, report.MacroF1, 1e-12);
    }

    [Fact]
    public void Evaluate_auroc_equals_counting_every_pair()
    {
        var film = Gen.Select(Gen.Enum<ImageLabel>(), Gen.Int[1, 6], Gen.Int[1, 6], Gen.Int[1, 6]);
        film.Array[1, 40].Sample(films =>
        {
            var probabilities = films.SelectMany(f => new[] { f.Item2, f.Item3, f.Item4 }.Select(w => w / (float)(f.Item2 + f.Item3 + f.Item4))).ToArray();
            var report = Evaluator.Evaluate([.. films.Select(f => f.Item1)], probabilities, [.. films.Select((_, i) => (long)i)]);
            for (var c = 0; c < 3; c++)
            {
                var (pairs, won) = (0, 0.0);
                for (var i = 0; i < films.Length; i++)
                {
                    for (var j = 0; j < films.Length; j++)
                    {
                        if ((int)films[i].Item1 != c || (int)films[j].Item1 == c) continue;
                        pairs++;
                        var (high, low) = (probabilities[i * 3 + c], probabilities[j * 3 + c]);
                        won += high > low ? 1 : high == low ? 0.5 : 0;
                    }
                }
                if (pairs == 0) Assert.Null(report.Classes[c].Auroc);
                else Assert.Equal(won / pairs, report.Classes[c].Auroc!.Value, 1e-9);
            }
        });
    }

    [Fact]
    public void Evaluate_films_of_one_patient_widen_the_interval()
    {
        var labels = Enumerable.Repeat(ImageLabel.Normal, 200).ToArray();
        var probabilities = labels.SelectMany((_, i) => i / 10 % 4 == 0 ? new[] { 0f, 1f, 0f } : [1f, 0f, 0f]).ToArray();
        var alone = Evaluator.Evaluate(labels, probabilities, [.. Enumerable.Range(0, 200).Select(i => (long)i)]).AccuracyInterval;
        var grouped = Evaluator.Evaluate(labels, probabilities, [.. Enumerable.Range(0, 200).Select(i => (long)(i / 10))]).AccuracyInterval;

        Assert.InRange(0.75, alone.Low, alone.High);
        Assert.True(grouped.High - grouped.Low > 2 * (alone.High - alone.Low));
    }

    [Fact]
    public void Evaluate_every_film_right_still_has_an_interval()
    {
        var report = Evaluator.Evaluate([ImageLabel.Normal, ImageLabel.Normal], [1, 0, 0, 1, 0, 0], [1, 2]);
        Assert.Equal(1, report.AccuracyInterval.High);
        Assert.InRange(report.AccuracyInterval.Low, 0.3, 0.4); // Wilson, 2 of 2: 0.342
        Assert.Null(report.MacroAuroc);
    }

    [Fact]
    public void Evaluate_lengths_that_disagree_are_refused() =>
        Assert.Throws<ArgumentException>(() => Evaluator.Evaluate(Labels, Probabilities, [1, 2]));

    [Theory]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(0, 10, 0.0, 0.2775)]
    [InlineData(82, 100, 0.7330, 0.8830)]
    public void Wilson_equals_published_values(int hits, int n, double low, double high)
    {
        var interval = Evaluator.Wilson(hits, n);
        Assert.Equal(low, interval.Low, 1e-3);
        Assert.Equal(high, interval.High, 1e-3);
    }
}
