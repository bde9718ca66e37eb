using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Core.Sweeps;

/// <summary>The members of a recipe that a sweep may vary, by the names that they have in JSON; those of its parts with a dot between.</summary>
internal static class RecipeMembers
{
    private const int SignificantDigits = 4;

    // How long a trial trains is the sweep's to say: rungs are compared at equal epochs.
    private static readonly string[] s_sweeps = ["epochs", "horizon"];

    private static readonly FrozenDictionary<string, Type> s_types = MembersOf(typeof(TrainingRecipe), "").ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Why <paramref name="member"/> cannot be varied, or null.</summary>
    public static string? ProblemOf(string member)
    {
        if (s_sweeps.Contains(member)) return $"parameters.{member}: is the sweep's own; give 'epochs' and 'minEpochs' beside 'parameters'";
        return s_types.ContainsKey(member)
            ? null
            : $"parameters.{member}: a recipe has no such member; there are {string.Join(", ", s_types.Keys.Except(s_sweeps).Order(StringComparer.Ordinal))}";
    }

    public static bool IsWhole(string member) => s_types[member] == typeof(int);

    public static bool IsNumber(string member) => IsWhole(member) || s_types[member] == typeof(double);

    /// <summary>What is wrong with <paramref name="value"/> as the member.</summary>
    public static IEnumerable<string> ProblemsOf(string member, JsonElement value)
    {
        try
        {
            return With(new TrainingRecipe(), new Dictionary<string, JsonElement> { [member] = value }).Problems()
                .Select(problem => $"parameters.{member}: {problem["recipe: ".Length..]}");
        }
        catch (JsonException)
        {
            return [$"parameters.{member}: {value.GetRawText()} is no {Describe(s_types[member])}"];
        }
    }

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/> as the member's value, rounded for people.</summary>
    public static JsonElement ToValue(string member, double number, double min, double max)
    {
        if (IsWhole(member)) return JsonSerializer.SerializeToElement((int)Math.Clamp(Math.Round(number), Math.Ceiling(min), Math.Floor(max)));
        var rounded = double.Parse(number.ToString($"G{SignificantDigits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeToElement(Math.Clamp(rounded, min, max));
    }

    /// <exception cref="JsonException">A value is not of its member's type.</exception>
    public static TrainingRecipe With(TrainingRecipe recipe, IReadOnlyDictionary<string, JsonElement> values)
    {
        if (values.Count == 0) return recipe;
        var json = JsonSerializer.SerializeToNode(recipe, XrayJson.Compact)!.AsObject();
        foreach (var (member, value) in values)
        {
            var (at, path) = (json, member.Split('.'));
            foreach (var part in path[..^1]) at = at[part]!.AsObject();
            at[path[^1]] = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? throw new JsonException() : JsonValue.Create(value);
        }
        return json.Deserialize<TrainingRecipe>(XrayJson.Compact) ?? throw new JsonException();
    }

    private static IEnumerable<KeyValuePair<string, Type>> MembersOf(Type type, string prefix) =>
        XrayJson.Compact.GetTypeInfo(type).Properties.SelectMany(property => property.PropertyType.IsValueType
            ? [KeyValuePair.Create(prefix + property.Name, property.PropertyType)]
            : MembersOf(property.PropertyType, $"{prefix}{property.Name}."));

    private static string Describe(Type type) => type switch
    {
        { IsEnum: true } => string.Join(" or ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)),
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) => "whole number",
        _ => "number",
    };
}
