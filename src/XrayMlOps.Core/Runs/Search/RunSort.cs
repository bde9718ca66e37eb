namespace XrayMlOps.Core.Runs.Search;

/// <summary>
/// The order of a listing. Runs that lack the figure are left out of it; equal ones follow their numbers, the same way round.
/// </summary>
/// <param name="Field">An <see cref="RunField.IsOrdered">ordered</see> one.</param>
public sealed record RunSort(RunField Field, bool IsDescending)
{
    public static RunSort NewestFirst { get; } = new(RunField.Find("id")!, IsDescending: true);

    /// <summary>Reads <c>accuracy</c> (least first) or <c>-accuracy</c> (most first).</summary>
    public static bool TryParse(string text, out RunSort sort, out string? problem)
    {
        (sort, problem) = (NewestFirst, null);
        var isDescending = text.StartsWith('-');
        if (RunField.Find(isDescending ? text[1..] : text) is { IsOrdered: true } field)
        {
            sort = new RunSort(field, isDescending);
            return true;
        }
        problem = $"sort '{text}': give one of {string.Join(", ", RunField.All.Where(field => field.IsOrdered))}, with '-' before it for the greatest first";
        return false;
    }

    public override string ToString() => IsDescending ? $"-{Field}" : Field.Name;
}
