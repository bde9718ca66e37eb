using XrayMlOps.Core.Datasets;
using XrayMlOps.Training.Scoring;

namespace XrayMlOps.Training.Tests.Scoring;

public sealed class TemperatureScalingTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    public void Temperature_that_inflated_the_logits_is_found_again(double temperature)
    {
        var random = new Random(5);
        var (logits, labels) = (new float[30_000], new ImageLabel[10_000]);
        for (var i = 0; i < labels.Length; i++)
        {
            for (var c = 0; c < 3; c++) logits[i * 3 + c] = (float)(4 * random.NextDouble());
            var probabilities = Probabilities.Of(logits.AsSpan(i * 3, 3), 1);
            var draw = random.NextDouble();
            labels[i] = draw < probabilities[0] ? ImageLabel.Normal : draw < probabilities[0] + probabilities[1] ? ImageLabel.Bacteria : ImageLabel.Virus;
        }
        float[] inflated = [.. logits.Select(logit => (float)(logit * temperature))];

        Assert.Equal(temperature, TemperatureScaling.Fit(inflated, labels), 0.06 * temperature);
    }

    [Fact]
    public void Separable_validation_does_not_make_the_model_certain()
    {
        ImageLabel[] labels = [.. Enumerable.Range(0, 90).Select(i => (ImageLabel)(i % 3))];
        float[] logits = [.. labels.SelectMany(label => Enumerable.Range(0, 3).Select(c => c == (int)label ? 2f : 0f))];

        var top = Probabilities.Of(logits, TemperatureScaling.Fit(logits, labels))[0];

        Assert.InRange(top, 0.98f, 0.995f); // 1 - 1 / (N + 2)
    }

    [Fact]
    public void Loss_and_accuracy_of_known_logits_are_as_computed_by_hand()
    {
        float[] logits = [0, 0, 0, 1000, 0, 0];
        ImageLabel[] labels = [ImageLabel.Virus, ImageLabel.Normal];
        Assert.Equal(Math.Log(3) / 2, Probabilities.Loss(logits, labels), 1e-9);
        Assert.Equal(0.5, Probabilities.Accuracy(logits, labels));
        Assert.True(double.IsNaN(Probabilities.Loss([float.NaN, 0, 0], [ImageLabel.Normal])));
    }
}
