using System.Text.Json;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Core.Tests.Sweeps;

internal static class Specs
{
    /// <summary>A sound network, another for each number.</summary>
    public static Architecture Network(int units) => new()
    {
        Name = $"net{units}",
        Input = new InputShape { Height = 16, Width = 16 },
        Layers = [new FlattenLayer(), new DenseLayer { Units = units, Activation = Activation.Relu }, new DenseLayer { Units = 3 }],
        Recipe = new TrainingRecipe { Epochs = 4 },
    };

    public static SweepSpec Grid(int networks = 2) => new() { Name = "search", Architectures = [.. Enumerable.Range(1, networks).Select(Network)] };

    public static SweepSpec Asha(int networks, int epochs = 9, int parallel = 2) =>
        Grid(networks) with { Strategy = SweepStrategy.Asha, Epochs = epochs, Parallel = parallel };

    public static SweepSpec With(this SweepSpec spec, string member, SweepParameter parameter) =>
        spec with { Parameters = new Dictionary<string, SweepParameter>(spec.Parameters) { [member] = parameter } };

    public static SweepParameter Values<T>(params T[] values) => new() { Values = [.. values.Select(value => JsonSerializer.SerializeToElement(value))] };

    public static SweepParameter Range(double min, double max, SweepScale scale = SweepScale.Linear) => new() { Min = min, Max = max, Scale = scale };
}
