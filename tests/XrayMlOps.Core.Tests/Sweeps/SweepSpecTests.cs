using System.Text.Json;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Core.Tests.Sweeps;

public sealed class SweepSpecTests
{
    [Fact]
    public void Problems_of_a_sound_sweep_of_each_strategy_are_none()
    {
        Assert.Empty(Specs.Grid().With("learningRate", Specs.Values(1e-3, 1e-4)).With("schedule", Specs.Values("constant", "cosine")).Problems());
        Assert.Empty((Specs.Grid() with { Strategy = SweepStrategy.Random, Trials = 5 }).With("learningRate", Specs.Range(1e-5, 1e-2, SweepScale.Log)).Problems());
        Assert.Empty(Specs.Asha(5).With("batchSize", Specs.Values(8, 16)).With("augmentation.horizontalFlip", Specs.Values(true, false)).Problems());
    }

    [Fact]
    public void Problems_are_told_all_at_once_each_by_its_member()
    {
        var spec = (Specs.Asha(2) with { Name = "A b", MinEpochs = 0, Reduction = 1, Parallel = -1 })
            .With("epochs", Specs.Values(3)).With("learnRate", Specs.Values(3)).With("dropout", Specs.Values(0.5));

        var problems = spec.Problems();

        foreach (var member in (string[])["name 'A b'", "minEpochs 0", "reduction 1", "parallel -1", "parameters.epochs", "parameters.learnRate", "parameters.dropout"])
            Assert.Single(problems, problem => problem.StartsWith(member, StringComparison.Ordinal));
        Assert.Equal(7, problems.Count);
    }

    public static TheoryData<string, SweepParameter, string> BadParameters => new()
    {
        { "learningRate", Specs.Values(0.1, 2), "parameters.learningRate: learningRate 2; above 0 to 1 is allowed" },
        { "learningRate", Specs.Values("fast"), "parameters.learningRate: \"fast\" is no number" },
        { "batchSize", Specs.Values(2.5), "parameters.batchSize: 2.5 is no whole number" },
        { "schedule", Specs.Values("linear"), "parameters.schedule: \"linear\" is no constant or cosine" },
        { "classWeights", Specs.Values(1), "parameters.classWeights: 1 is no true or false" },
        { "seed", new SweepParameter { Values = [JsonSerializer.SerializeToElement(new[] { 1, 2 })] }, "parameters.seed: [1,2] is no whole number" },
        { "augmentation.zoom", Specs.Values(0.7), "parameters.augmentation.zoom: augmentation.zoom 0.7; 0 to 0.5 is allowed" },
        { "seed", Specs.Values<int>(), "parameters.seed: values has none" },
        { "seed", Specs.Values(1, 1), "parameters.seed: a value is given twice" },
        { "seed", new SweepParameter(), "parameters.seed: give 'values', or 'min' and a greater 'max'" },
        { "seed", Specs.Range(3, 3), "parameters.seed: give 'values', or 'min' and a greater 'max'" },
        { "seed", Specs.Range(1.2, 1.8), "parameters.seed: there is no whole number from 1.2 to 1.8" },
        { "seed", Specs.Range(1, 9) with { Values = Specs.Values(1).Values }, "parameters.seed: give 'values', or 'min' and 'max', not both" },
        { "weightDecay", Specs.Range(0, 0.1, SweepScale.Log), "parameters.weightDecay: min 0; on a logarithmic scale it must be above 0" },
        { "labelSmoothing", Specs.Range(0, 1), "parameters.labelSmoothing: labelSmoothing 1; 0 to below 1 is allowed" },
        { "classWeights", Specs.Range(0, 1), "parameters.classWeights: is no number; give 'values'" },
    };

    [Theory]
    [MemberData(nameof(BadParameters))]
    public void Problems_of_a_parameter_say_what_is_wrong(string member, SweepParameter parameter, string expected) =>
        Assert.Equal([expected], (Specs.Grid() with { Strategy = SweepStrategy.Random, Trials = 2 }).With(member, parameter).Problems());

    [Fact]
    public void Problems_of_networks_name_each_and_those_that_are_alike()
    {
        var same = Specs.Network(1) with { Name = "twin" };
        var unsound = new Architecture { Name = "unsound", Layers = [new FlattenLayer()] };

        var problems = (Specs.Grid(1) with { Architectures = [Specs.Network(1), same, Specs.Network(2) with { Name = "net1" }, unsound] }).Problems();

        Assert.Collection(
            problems,
            problem => Assert.Equal("architectures[1] 'twin': has the layers of 'net1'", problem),
            problem => Assert.Equal("architectures[2] 'net1': another has this name", problem),
            problem => Assert.StartsWith("architectures[3] 'unsound': the last layer must be dense", problem, StringComparison.Ordinal));
        Assert.Equal(["architectures: there are none"], (Specs.Grid() with { Architectures = [] }).Problems());
    }

    [Fact]
    public void Problems_of_the_number_of_trials_say_how_many_there_can_be()
    {
        var random = Specs.Grid() with { Strategy = SweepStrategy.Random };
        var thousands = Specs.Grid(11).With("seed", Specs.Values(Enumerable.Range(1, 1_000).ToArray()));

        Assert.Equal(["trials 3: there are 2 combinations only; 0 takes each once"], (random with { Trials = 3 }).Problems());
        Assert.Equal(["trials 0: a parameter is a range, so say how many combinations to draw"], random.With("learningRate", Specs.Range(0.1, 0.2)).Problems());
        Assert.Equal(["trials 2: a grid tries every combination; choose random to draw some of them"], (Specs.Grid() with { Trials = 2 }).Problems());
        Assert.Equal(["trials 0: there are more than 10,000 combinations; draw some of them at random"], thousands.Problems());
        Assert.Empty((thousands with { Strategy = SweepStrategy.Random, Trials = 100 }).Problems());
        Assert.Equal(["epochs: asha needs them: the most that a trial trains"], (Specs.Asha(2) with { Epochs = 0 }).Problems());
    }
}
