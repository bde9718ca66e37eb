using System.Text.Json;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Sweeps;

/// <summary>One network with one recipe.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Recipe">As for the whole of the trial: with the epochs of the last rung.</param>
/// <param name="Values">What was chosen for each of the sweep's parameters.</param>
public sealed record SweepTrial(int Number, Architecture Architecture, TrainingRecipe Recipe, IReadOnlyDictionary<string, JsonElement> Values);

/// <summary>The trials of a sweep, which follow from its spec alone: nothing needs to be remembered of what was drawn.</summary>
public static class SweepTrials
{
    public const int Most = 10_000;

    /// <summary>How many trials a sound spec has.</summary>
    public static int CountOf(SweepSpec spec) => spec.Trials > 0 ? spec.Trials : (int)CombinationsOf(spec)!.Value;

    /// <summary>Every trial of a sound spec, by number: the same at each call.</summary>
    public static IReadOnlyList<SweepTrial> Of(SweepSpec spec)
    {
        string[] members = [.. spec.Parameters.Keys.Order(StringComparer.Ordinal)];
        SweepRandom random = new(spec.Seed);
        if (CombinationsOf(spec) is not { } combinations || combinations > Most)
            return [.. Enumerable.Range(1, spec.Trials).Select(number => Draw(spec, members, number, ref random))];
        int[] order = [.. Enumerable.Range(0, (int)combinations)];
        if (spec.Strategy != SweepStrategy.Grid) random.Shuffle(order);
        return [.. order.Take(CountOf(spec)).Select((combination, index) => Combine(spec, members, index + 1, combination))];
    }

    /// <summary>The number of combinations; null if a range makes them countless. Stops counting at <see cref="long.MaxValue"/>.</summary>
    internal static long? CombinationsOf(SweepSpec spec)
    {
        if (spec.Parameters.Values.Any(parameter => parameter.Values is null)) return null;
        return spec.Parameters.Values.Aggregate(
            (long)spec.Architectures.Count, (product, parameter) => product > Most ? long.MaxValue : product * parameter.Values!.Count);
    }

    private static SweepTrial Draw(SweepSpec spec, string[] members, int number, ref SweepRandom random)
    {
        var architecture = spec.Architectures[random.Below(spec.Architectures.Count)];
        Dictionary<string, JsonElement> values = [];
        foreach (var member in members) values.Add(member, spec.Parameters[member].Draw(member, ref random));
        return Trial(spec, number, architecture, values);
    }

    /// <summary>A combination by its number in a count whose digits are the values of the parameters, and whose first digit is the network.</summary>
    private static SweepTrial Combine(SweepSpec spec, string[] members, int number, int combination)
    {
        Dictionary<string, JsonElement> values = [];
        foreach (var member in members.Reverse())
        {
            var choices = spec.Parameters[member].Values!;
            (combination, var choice) = int.DivRem(combination, choices.Count);
            values.Add(member, choices[choice]);
        }
        return Trial(spec, number, spec.Architectures[combination], values);
    }

    private static SweepTrial Trial(SweepSpec spec, int number, Architecture architecture, Dictionary<string, JsonElement> values)
    {
        var recipe = RecipeMembers.With(architecture.Recipe, values);
        if (spec.Epochs > 0) recipe = recipe with { Epochs = spec.Epochs };
        // Each rung is a piece of the whole: its learning rates must be those of the whole.
        if (spec.Strategy == SweepStrategy.Asha) recipe = recipe with { Horizon = spec.Epochs };
        return new SweepTrial(number, architecture, recipe, values);
    }
}
