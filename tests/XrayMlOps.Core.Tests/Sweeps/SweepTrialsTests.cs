using System.Text.Json;
using CsCheck;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Core.Tests.Sweeps;

public sealed class SweepTrialsTests
{
    [Fact]
    public void Of_a_grid_is_every_combination_once_and_numbered()
    {
        var spec = Specs.Grid(2).With("learningRate", Specs.Values(0.1, 0.2, 0.3)).With("augmentation.shift", Specs.Values(0.0, 0.1));

        var trials = SweepTrials.Of(spec);

        Assert.Equal(Enumerable.Range(1, 12), trials.Select(trial => trial.Number));
        Assert.Equal(12, trials.Select(trial => (trial.Architecture.Name, trial.Recipe.LearningRate, trial.Recipe.Augmentation.Shift)).Distinct().Count());
        Assert.All(trials, trial => Assert.Equal((4, 0), (trial.Recipe.Epochs, trial.Recipe.Horizon)));
        Assert.Equal(("net1", 0.1, 0.0), (trials[0].Architecture.Name, trials[0].Recipe.LearningRate, trials[0].Recipe.Augmentation.Shift));
        Assert.Equal("0.3", trials[^1].Values["learningRate"].GetRawText());
    }

    [Fact]
    public void Of_asha_without_a_number_takes_each_network_once_with_the_horizon_of_the_whole()
    {
        var trials = SweepTrials.Of(Specs.Asha(20, epochs: 9));

        Assert.Equal(20, trials.Select(trial => trial.Architecture.Name).Distinct().Count());
        Assert.NotEqual(Specs.Asha(20).Architectures, trials.Select(trial => trial.Architecture));
        Assert.All(trials, trial => Assert.Equal((9, 9), (trial.Recipe.Epochs, trial.Recipe.Horizon)));
    }

    /// <summary>Stored sweeps depend on it: the same draws for ever.</summary>
    [Fact]
    public void Of_a_seed_is_the_same_in_every_version()
    {
        var spec = (Specs.Grid(3) with { Strategy = SweepStrategy.Random, Trials = 3, Seed = 7 }).With("learningRate", Specs.Range(1e-4, 1e-1, SweepScale.Log));

        Assert.Equal("net2 0.0001123, net3 0.005608, net2 0.0005601", string.Join(", ", SweepTrials.Of(spec).Select(trial => $"{trial.Architecture.Name} {trial.Recipe.LearningRate:R}")));
        Assert.Equal("net2, net1, net4, net5, net3", string.Join(", ", SweepTrials.Of(Specs.Asha(5)).Select(trial => trial.Architecture.Name)));
    }

    [Fact]
    public void Of_ranges_stays_inside_them_with_whole_numbers_where_the_member_is_whole() =>
        Gen.Select(Gen.Int, Gen.Int[1, 50], Gen.Double[1e-6, 0.4]).Sample((seed, trials, width) =>
        {
            var spec = (Specs.Grid(3) with { Strategy = SweepStrategy.Random, Trials = trials, Seed = seed })
                .With("learningRate", Specs.Range(1e-5, 1e-5 + width, SweepScale.Log)).With("batchSize", Specs.Range(2.5, 9.5)).With("weightDecay", Specs.Range(0, width));
            var drawn = SweepTrials.Of(spec);
            Assert.Empty(spec.Problems());
            Assert.Equal(trials, drawn.Count);
            Assert.All(drawn, trial =>
            {
                Assert.InRange(trial.Recipe.LearningRate, 1e-5, 1e-5 + width);
                Assert.InRange(trial.Recipe.BatchSize, 3, 9);
                Assert.InRange(trial.Recipe.WeightDecay, 0, width);
                Assert.Empty(trial.Recipe.Problems());
            });
        });

    [Fact]
    public void Of_a_spec_that_was_stored_is_what_it_was_before() =>
        Gen.Select(Gen.Int, Gen.Int[1, 12]).Sample((seed, trials) =>
        {
            var spec = (Specs.Grid(4) with { Strategy = SweepStrategy.Random, Trials = trials, Seed = seed }).With("patience", Specs.Values(0, 2, 5));
            var stored = JsonSerializer.Deserialize<SweepSpec>(JsonSerializer.Serialize(spec, XrayJson.Compact), XrayJson.Compact)!;
            Assert.Equal(Described(spec), Described(stored));
            Assert.Equal(trials, Described(spec).Distinct().Count());
        });

    [Fact]
    public void Of_more_combinations_than_can_be_listed_draws_some()
    {
        var spec = Specs.Grid(11).With("seed", Specs.Values(Enumerable.Range(1, 1_000).ToArray())) with { Strategy = SweepStrategy.Random, Trials = 40 };

        Assert.InRange(Described(spec).Distinct().Count(), 35, 40);
    }

    private static IEnumerable<(string, TrainingRecipe)> Described(SweepSpec spec) => SweepTrials.Of(spec).Select(trial => (trial.Architecture.Name, trial.Recipe));
}
