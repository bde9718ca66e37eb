using CsCheck;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Optimisation;

namespace XrayMlOps.Training.Tests.Optimisation;

public sealed class ScheduleTests
{
    [Fact]
    public void Cosine_falls_from_the_learning_rate_to_a_hundredth_of_it()
    {
        var recipe = new TrainingRecipe { Epochs = 10, LearningRate = 0.1, Schedule = LearningRateSchedule.Cosine };
        var rates = Enumerable.Range(0, 101).Select(step => LearningRates.At(recipe, step, stepsAnEpoch: 10)).ToArray();
        Assert.Equal(0.1, rates[0], 1e-12);
        Assert.Equal(0.0505, rates[50], 1e-12);
        Assert.Equal(0.001, rates[100], 1e-12);
        Assert.Equal(rates.OrderDescending(), rates);
    }

    [Fact]
    public void Horizon_spans_the_schedule_whatever_the_epochs_and_the_rate_stays_low_behind_it()
    {
        var recipe = new TrainingRecipe { Epochs = 3, Horizon = 10, LearningRate = 0.1, Schedule = LearningRateSchedule.Cosine };
        Assert.Equal(0.0505, LearningRates.At(recipe, 50, stepsAnEpoch: 10), 1e-12);
        Assert.Equal(LearningRates.At(recipe, 25, 10), LearningRates.At(recipe with { Epochs = 30 }, 25, 10));
        Assert.Equal(0.001, LearningRates.At(recipe with { Epochs = 30 }, 150, 10), 1e-12);
    }

    [Fact]
    public void Order_shows_every_film_at_most_once_and_leaves_out_at_most_one() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 40], Gen.Int).Sample((films, batchSize, seed) =>
        {
            var batches = FilmOrder.Of([.. Enumerable.Range(0, films)], batchSize, seed);
            var shown = batches.SelectMany(batch => batch).ToArray();
            return shown.Distinct().Count() == shown.Length && films - shown.Length is 0 or 1
                && batches.SkipLast(1).All(batch => batch.Length == batchSize) && (batchSize == 1 || films == 1 || batches.All(batch => batch.Length > 1));
        });
}
