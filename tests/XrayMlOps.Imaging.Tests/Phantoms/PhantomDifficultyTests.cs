using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Phantoms;

namespace XrayMlOps.Imaging.Tests.Phantoms;

public sealed class PhantomDifficultyTests
{
    private const int Side = 24;

    /// <summary>
    /// Phantoms are no test of a network if a linear model reads them. Ridge regression onto one-hot labels (Hoerl and Kennard 1970), the
    /// penalty chosen in the model's favour, on patients that it did not see.
    /// </summary>
    [Fact]
    public void Linear_model_stays_below_95_per_cent()
    {
        var options = new PhantomOptions { FilmsPerClass = 200 };
        var films = PhantomGenerator.Plan(options);
        var inputs = new double[films.Count][];
        Parallel.For(0, films.Count, i =>
        {
            var pixels = Films.Pixels(PhantomGenerator.Film(films[i].Label, films[i].Patient, films[i].Number, options), Films.Square(Side));
            inputs[i] = [1, .. pixels.Select(pixel => pixel / 255.0 - 0.5)];
        });
        var seen = Enumerable.Range(0, films.Count).Where(i => films[i].Patient % 4 != 0).ToArray();
        var unseen = Enumerable.Range(0, films.Count).Except(seen).ToArray();

        foreach (var penalty in new[] { 0.1, 1, 10 })
        {
            var weights = Ridge([.. seen.Select(i => inputs[i])], [.. seen.Select(i => films[i].Label)], penalty);
            var correct = unseen.Count(i => Predict(weights, inputs[i]) == films[i].Label);
            Assert.InRange(correct / (double)unseen.Length, 0.4, 0.95); // chance is a third
        }
    }

    private static ImageLabel Predict(double[][] weights, double[] input) =>
        ImageLabels.All.MaxBy(label => weights[(int)label].Zip(input, (weight, value) => weight * value).Sum());

    /// <summary>Solves (X'X + penalty I) w = X'y for each class by Cholesky factorisation.</summary>
    private static double[][] Ridge(double[][] inputs, ImageLabel[] labels, double penalty)
    {
        var size = inputs[0].Length;
        var factor = new double[size][];
        for (var i = 0; i < size; i++) factor[i] = new double[size];
        foreach (var input in inputs)
        {
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j <= i; j++) factor[i][j] += input[i] * input[j];
            }
        }
        for (var i = 0; i < size; i++)
        {
            factor[i][i] += penalty;
            for (var j = 0; j <= i; j++)
            {
                var rest = factor[i][j];
                for (var k = 0; k < j; k++) rest -= factor[i][k] * factor[j][k];
                factor[i][j] = i == j ? Math.Sqrt(rest) : rest / factor[j][j];
            }
        }
        return [.. ImageLabels.All.Select(label => Solve(factor, Moments(inputs, labels, label)))];
    }

    private static double[] Moments(double[][] inputs, ImageLabel[] labels, ImageLabel label)
    {
        var moments = new double[inputs[0].Length];
        for (var n = 0; n < inputs.Length; n++)
        {
            if (labels[n] != label) continue;
            for (var i = 0; i < moments.Length; i++) moments[i] += inputs[n][i];
        }
        return moments;
    }

    private static double[] Solve(double[][] factor, double[] right)
    {
        var solution = (double[])right.Clone();
        for (var i = 0; i < solution.Length; i++)
        {
            for (var k = 0; k < i; k++) solution[i] -= factor[i][k] * solution[k];
            solution[i] /= factor[i][i];
        }
        for (var i = solution.Length - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < solution.Length; k++) solution[i] -= factor[k][i] * solution[k];
            solution[i] /= factor[i][i];
        }
        return solution;
    }
}
