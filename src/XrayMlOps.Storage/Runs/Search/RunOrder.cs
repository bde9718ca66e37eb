using System.Globalization;
using System.Linq.Expressions;
using XrayMlOps.Core.Runs.Search;

namespace XrayMlOps.Storage.Runs.Search;

/// <summary>Where a page of sorted runs ends: the value sorted by and the run's number, <c>0.853:17</c>.</summary>
/// <param name="Value">An int, a double or a DateTimeOffset, as the field has.</param>
public sealed record RunCursor(object Value, int Id)
{
    public override string ToString() => $"{Text(Value)}:{Id.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Null if the text is no cursor of that order.</summary>
    public static RunCursor? Parse(string text, RunSort sort)
    {
        if (text.Split(':') is not [var value, var number] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return null;
        object? parsed = sort.Field.Kind switch
        {
            RunFieldKind.Number => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number64) ? number64 : null,
            RunFieldKind.Whole => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null,
            _ => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
                ? new DateTimeOffset(ticks, TimeSpan.Zero)
                : null,
        };
        return parsed is null ? null : new RunCursor(parsed, id);
    }

    private static string Text(object value) => value switch
    {
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcTicks.ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

internal static class RunOrder
{
    /// <summary>The runs that have the figure, in order, after the cursor if there is one.</summary>
    public static IQueryable<Run> InOrder(this IQueryable<Run> runs, RunSort sort, RunCursor? after)
    {
        var run = Expression.Parameter(typeof(Run), "run");
        var column = RunColumns.Find(sort.Field)!.On(run);
        if (Nullable.GetUnderlyingType(column.Type) is not null)
            runs = runs.Where(Lambda<bool>(Expression.NotEqual(column, Expression.Constant(null, column.Type))));
        if (after is not null) runs = runs.Where(Lambda<bool>(After(sort, after, column, run)));
        if (sort.Field.Name == "id") return sort.IsDescending ? runs.OrderByDescending(row => row.Id) : runs.OrderBy(row => row.Id);
        var key = Lambda<object>(Expression.Convert(column, typeof(object)));
        return sort.IsDescending ? runs.OrderByDescending(key).ThenByDescending(row => row.Id) : runs.OrderBy(key).ThenBy(row => row.Id);

        Expression<Func<Run, T>> Lambda<T>(Expression body) => Expression.Lambda<Func<Run, T>>(body, run);
    }

    /// <summary>
    /// In the form <c>value &gt;= v and (value &gt; v or id &gt; i)</c>: its first half is what an index can start at.
    /// </summary>
    private static BinaryExpression After(RunSort sort, RunCursor cursor, Expression column, ParameterExpression run)
    {
        var value = cursor.Value switch
        {
            double number => RunColumns.Parameter(number, column.Type),
            int number => RunColumns.Parameter(number, column.Type),
            _ => RunColumns.Parameter((DateTimeOffset)cursor.Value, column.Type),
        };
        var id = Expression.Property(run, nameof(Run.Id));
        var number32 = RunColumns.Parameter(cursor.Id, typeof(int));
        return sort.IsDescending
            ? Expression.AndAlso(
                Expression.LessThanOrEqual(column, value), Expression.OrElse(Expression.LessThan(column, value), Expression.LessThan(id, number32)))
            : Expression.AndAlso(
                Expression.GreaterThanOrEqual(column, value), Expression.OrElse(Expression.GreaterThan(column, value), Expression.GreaterThan(id, number32)));
    }
}
