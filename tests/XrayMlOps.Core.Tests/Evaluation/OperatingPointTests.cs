using System.Text.Json;
using CsCheck;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;

namespace XrayMlOps.Core.Tests.Evaluation;

public sealed class OperatingPointTests
{
    /// <summary>Films whose confidences tie often: true class, and probabilities in eighths.</summary>
    private static readonly Gen<(ImageLabel Label, float[] Row)[]> s_films =
        Gen.Select(Gen.Enum<ImageLabel>(), Gen.Int[0, 8], Gen.Int[0, 8], (label, first, second) =>
            (label, new[] { Math.Min(first, second) / 8f, Math.Abs(first - second) / 8f, 1 - Math.Max(first, second) / 8f })).Array[1, 30];

    [Fact]
    public void Choose_reaches_the_target_with_the_figures_that_counting_gives() => Gen.Select(s_films, Gen.Double[0, 1]).Sample((films, target) =>
    {
        var point = Choose(films, target);
        Assert.Equal(Count(films, point.Confidence), (point.Accuracy, point.Coverage));
        Assert.Equal(target, point.TargetAccuracy);
        Assert.True(point.Accuracy is null || point.Accuracy >= target);
    });

    [Fact]
    public void Choose_finds_the_largest_coverage_of_any_confidence() => Gen.Select(s_films, Gen.Double[0, 1], Gen.Double[0, 1]).Sample((films, target, other) =>
    {
        var point = Choose(films, target);
        Assert.All(films.Select(film => (double)film.Row.Max()).Append(other), confidence =>
        {
            var (accuracy, coverage) = Count(films, confidence);
            Assert.True(accuracy is null || accuracy < target || coverage <= point.Coverage);
        });
    });

    [Fact]
    public void Choose_answers_a_film_of_exactly_the_confidence_after_JSON_too()
    {
        // 0.7f lies above 0.7, and 0.1f + 0.2f is not 0.3f: nothing but the film's own number will do.
        float[] rows = [0.7f, 0.1f + 0.2f, 0f, 0.6f, 0.4f, 0f];
        var point = OperatingPoint.Choose([ImageLabel.Normal, ImageLabel.Bacteria], rows);
        var read = JsonSerializer.Deserialize<OperatingPoint>(JsonSerializer.Serialize(point, XrayJson.Compact), XrayJson.Compact)!;

        Assert.Equal(new OperatingPoint(0.7f, 0.9, 1, 0.5), read);
        Assert.False(rows[0] < read.Confidence);
        Assert.True(MathF.BitDecrement(rows[0]) < read.Confidence);
    }

    [Fact]
    public void Choose_films_of_equal_confidence_are_answered_together_or_not_at_all()
    {
        float[] rows = [0.9f, 0.1f, 0f, 0.8f, 0.2f, 0f, 0.8f, 0.2f, 0f];
        var point = OperatingPoint.Choose([ImageLabel.Normal, ImageLabel.Normal, ImageLabel.Virus], rows);
        Assert.Equal(new OperatingPoint(0.9f, 0.9, 1, 1 / 3.0), point);
    }

    [Fact]
    public void Choose_for_a_target_out_of_reach_never_answers()
    {
        var point = OperatingPoint.Choose([ImageLabel.Virus], [1, 0, 0]);
        Assert.Equal(new OperatingPoint(OperatingPoint.NeverAnswers, 0.9, null, 0), point);
        Assert.True(1f < point.Confidence);
        var json = JsonSerializer.Serialize(point, XrayJson.Compact);
        Assert.Equal("""{"confidence":2,"targetAccuracy":0.9,"coverage":0}""", json);
        Assert.Equal(point, JsonSerializer.Deserialize<OperatingPoint>(json, XrayJson.Compact));
    }

    [Fact]
    public void Choose_lengths_that_disagree_or_no_film_are_refused()
    {
        Assert.Throws<ArgumentException>(() => OperatingPoint.Choose([ImageLabel.Virus], [1, 0]));
        Assert.Throws<ArgumentException>(() => OperatingPoint.Choose([], []));
    }

    private static OperatingPoint Choose((ImageLabel Label, float[] Row)[] films, double target) =>
        OperatingPoint.Choose([.. films.Select(film => film.Label)], [.. films.SelectMany(film => film.Row)], target);

    private static (double? Accuracy, double Coverage) Count((ImageLabel Label, float[] Row)[] films, double confidence)
    {
        var answered = films.Where(film => !(film.Row.Max() < confidence)).ToArray();
        var right = answered.Count(film => Array.IndexOf(film.Row, film.Row.Max()) == (int)film.Label);
        return (answered.Length == 0 ? null : right / (double)answered.Length, answered.Length / (double)films.Length);
    }
}
