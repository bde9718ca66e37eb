using System.Linq.Expressions;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs.Search;

namespace XrayMlOps.Storage.Runs.Search;

/// <summary>
/// Turns filters into conditions on <see cref="Run"/>. SQL knows a third answer beside true and false, where a value is missing; so that it does not
/// matter, <c>not</c> is taken inwards to the comparisons, where "missing, or the opposite" says it in full.
/// </summary>
internal static class RunPredicate
{
    public static Expression<Func<Run, bool>> Of(RunFilter filter)
    {
        var run = Expression.Parameter(typeof(Run), "run");
        return Expression.Lambda<Func<Run, bool>>(Of(filter, isNegated: false, run), run);
    }

    private static Expression Of(RunFilter filter, bool isNegated, ParameterExpression run) => filter switch
    {
        NotFilter { Inner: var inner } => Of(inner, !isNegated, run),
        BothFilters both when !isNegated => Expression.AndAlso(Of(both.Left, isNegated, run), Of(both.Right, isNegated, run)),
        BothFilters both => Expression.OrElse(Of(both.Left, isNegated, run), Of(both.Right, isNegated, run)),
        EitherFilter either when !isNegated => Expression.OrElse(Of(either.Left, isNegated, run), Of(either.Right, isNegated, run)),
        EitherFilter either => Expression.AndAlso(Of(either.Left, isNegated, run), Of(either.Right, isNegated, run)),
        RunComparison comparison => Of(comparison, isNegated, run),
        _ => throw new NotSupportedException($"{filter.GetType().Name} is no filter of this language."),
    };

    private static Expression Of(RunComparison comparison, bool isNegated, ParameterExpression run)
    {
        if (RunColumns.Find(comparison.Field) is { } column) return OnColumn(column.On(run), comparison, isNegated);
        var text = ((TextValue)comparison.Value).Text;
        var found = comparison.Field switch
        {
            { Tag: { } key } => OnTag(key, comparison.Operator, text),
            { Name: "dataset" } => OnDataset(comparison.Operator, text),
            { Name: "model" } => OnModel(comparison.Operator, text),
            _ => throw new NotSupportedException($"The registry does not search by {comparison.Field}."),
        };
        return isNegated ? Expression.Not(found.On(run)) : found.On(run);
    }

    private static Expression OnColumn(Expression column, RunComparison comparison, bool isNegated)
    {
        var missing = IsNullable(column.Type) ? Expression.Equal(column, Expression.Constant(null, column.Type)) : null;
        var value = comparison.Value switch
        {
            NumberValue { Number: var number } => RunColumns.Parameter(number, column.Type),
            WholeValue { Number: var number } => RunColumns.Parameter(number, column.Type),
            TimeValue { Time: var time } => RunColumns.Parameter(time, column.Type),
            StateValue { State: var state } => RunColumns.Parameter(state, column.Type),
            TextValue { Text: var text } => RunColumns.Parameter(text, column.Type),
            _ => throw new NotSupportedException($"{comparison.Value.GetType().Name} is no value of this language."),
        };
        Expression met;
        if (comparison.Operator == RunOperator.Contains)
        {
            met = Expression.Call(column, nameof(string.Contains), typeArguments: null, value);
            if (isNegated) met = Expression.Not(met);
        }
        else
        {
            var kind = isNegated ? comparison.Operator.Opposite() : comparison.Operator;
            met = Expression.MakeBinary(Type(kind), column, value);
        }
        if (missing is null) return met;
        return isNegated ? Expression.OrElse(missing, met) : Expression.AndAlso(Expression.Not(missing), met);
    }

    /// <summary>A run without the tag meets no comparison of it.</summary>
    private static Expression<Func<Run, bool>> OnTag(string key, RunOperator kind, string text) => kind switch
    {
        RunOperator.Equal => run => run.Tags.Any(tag => tag.Key == key && tag.Value == text),
        RunOperator.NotEqual => run => run.Tags.Any(tag => tag.Key == key && tag.Value != text),
        _ => run => run.Tags.Any(tag => tag.Key == key && tag.Value.Contains(text)),
    };

    /// <summary><c>name</c> is any version of it, <c>name@3</c> that one.</summary>
    private static Expression<Func<Run, bool>> OnDataset(RunOperator kind, string text)
    {
        if (kind == RunOperator.Contains) return run => run.DatasetVersion.DatasetName.Contains(text);
        if (DatasetReference.TryParse(text, out var reference) && reference is { Name: var name, Number: { } number })
        {
            return kind == RunOperator.Equal
                ? run => run.DatasetVersion.DatasetName == name && run.DatasetVersion.Number == number
                : run => run.DatasetVersion.DatasetName != name || run.DatasetVersion.Number != number;
        }
        return kind == RunOperator.Equal ? run => run.DatasetVersion.DatasetName == text : run => run.DatasetVersion.DatasetName != text;
    }

    /// <summary><c>name</c> is any version of it, <c>name:3</c> that one. Of a run with several models one has to meet it.</summary>
    private static Expression<Func<Run, bool>> OnModel(RunOperator kind, string text)
    {
        if (kind == RunOperator.Contains) return run => run.Models.Any(model => model.ModelName.Contains(text));
        if (text.Split(':') is [var name, var version] && int.TryParse(version, out var number))
        {
            return kind == RunOperator.Equal
                ? run => run.Models.Any(model => model.ModelName == name && model.Version == number)
                : run => run.Models.Any(model => model.ModelName != name || model.Version != number);
        }
        return kind == RunOperator.Equal
            ? run => run.Models.Any(model => model.ModelName == text)
            : run => run.Models.Any(model => model.ModelName != text);
    }

    private static bool IsNullable(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    private static ExpressionType Type(RunOperator kind) => kind switch
    {
        RunOperator.Equal => ExpressionType.Equal,
        RunOperator.NotEqual => ExpressionType.NotEqual,
        RunOperator.Less => ExpressionType.LessThan,
        RunOperator.LessOrEqual => ExpressionType.LessThanOrEqual,
        RunOperator.Greater => ExpressionType.GreaterThan,
        _ => ExpressionType.GreaterThanOrEqual,
    };
}
