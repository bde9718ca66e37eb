using System.Text.Json;

namespace XrayMlOps.Core.Sweeps;

public enum SweepScale
{
    Linear,

    /// <summary>Uniform in the logarithm, for what matters by its magnitude.</summary>
    Log,
}

/// <summary>What a sweep tries for a member of the recipe: a list of values, or a range to draw from.</summary>
public sealed record SweepParameter
{
    public IReadOnlyList<JsonElement>? Values { get; init; }

    /// <summary>The least that is drawn, inclusive.</summary>
    public double? Min { get; init; }

    /// <summary>The most that is drawn, inclusive.</summary>
    public double? Max { get; init; }

    public SweepScale Scale { get; init; }

    /// <summary>Everything wrong with it as the parameter for <paramref name="member"/>.</summary>
    internal IEnumerable<string> ProblemsFor(string member, SweepStrategy strategy)
    {
        if (RecipeMembers.ProblemOf(member) is { } unknown) return [unknown];
        return Values is null ? ProblemsOfRange(member, strategy) : ProblemsOfValues(member, Values);
    }

    /// <summary>Draws a value for <paramref name="member"/>: one of the list, or one of the range to four significant digits (whole where the member is).</summary>
    internal JsonElement Draw(string member, ref SweepRandom random)
    {
        if (Values is { } values) return values[random.Below(values.Count)];
        var (min, max) = (Min!.Value, Max!.Value);
        var drawn = Scale == SweepScale.Log
            ? Math.Exp(Math.Log(min) + random.Share() * (Math.Log(max) - Math.Log(min)))
            : min + random.Share() * (max - min);
        return RecipeMembers.ToValue(member, drawn, min, max);
    }

    private IEnumerable<string> ProblemsOfValues(string member, IReadOnlyList<JsonElement> values)
    {
        if (Min is not null || Max is not null) yield return $"parameters.{member}: give 'values', or 'min' and 'max', not both";
        if (values.Count == 0) yield return $"parameters.{member}: values has none";
        if (values.Select(value => value.ToString()).Distinct(StringComparer.Ordinal).Count() < values.Count) yield return $"parameters.{member}: a value is given twice";
        foreach (var value in values)
        {
            foreach (var problem in RecipeMembers.ProblemsOf(member, value)) yield return problem;
        }
    }

    private IEnumerable<string> ProblemsOfRange(string member, SweepStrategy strategy)
    {
        if (strategy == SweepStrategy.Grid) yield return $"parameters.{member}: a grid needs 'values'; a range is for random and asha";
        if (Min is not { } min || Max is not { } max || !(min < max)) yield return $"parameters.{member}: give 'values', or 'min' and a greater 'max'";
        else if (!RecipeMembers.IsNumber(member)) yield return $"parameters.{member}: is no number; give 'values'";
        else if (Scale == SweepScale.Log && min <= 0) yield return $"parameters.{member}: min {min}; on a logarithmic scale it must be above 0";
        else if (RecipeMembers.IsWhole(member) && Math.Ceiling(min) > Math.Floor(max)) yield return $"parameters.{member}: there is no whole number from {min} to {max}";
        else
        {
            double[] ends = RecipeMembers.IsWhole(member) ? [Math.Ceiling(min), Math.Floor(max)] : [min, max];
            foreach (var problem in ends.SelectMany(end => RecipeMembers.ProblemsOf(member, RecipeMembers.ToValue(member, end, min, max)))) yield return problem;
        }
    }
}
