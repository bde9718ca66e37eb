namespace XrayMlOps.Core.Runs.Search;

/// <summary>
/// What runs are searched by: <c>accuracy &gt; 85% and (arch = 'model_4' or tag.site = north)</c>. <see cref="RunFilterParser"/> reads it, and
/// <see cref="object.ToString"/> writes what reads as the same filter.
/// </summary>
/// <remarks>
/// A run that lacks what a comparison asks for does not meet the comparison, whatever its operator, and so meets its negation:
/// <c>accuracy != 0.5</c> finds no run without an epoch, <c>not accuracy = 0.5</c> finds them all.
/// </remarks>
public abstract record RunFilter
{
    // A record writes its members unless told otherwise: filters are written as they are read.
    public sealed override string ToString() => Write(RunFilterBinding.Or);

    /// <param name="least">What binds more loosely needs parentheses.</param>
    private string Write(RunFilterBinding least)
    {
        var (binding, text) = this switch
        {
            EitherFilter either => (RunFilterBinding.Or, $"{either.Left.Write(RunFilterBinding.Or)} or {either.Right.Write(RunFilterBinding.And)}"),
            BothFilters both => (RunFilterBinding.And, $"{both.Left.Write(RunFilterBinding.And)} and {both.Right.Write(RunFilterBinding.Not)}"),
            NotFilter not => (RunFilterBinding.Not, $"not {not.Inner.Write(RunFilterBinding.Not)}"),
            RunComparison comparison => (RunFilterBinding.Comparison, comparison.Describe()),
            _ => throw new NotSupportedException($"{GetType().Name} is no filter of this language."),
        };
        return binding < least ? $"({text})" : text;
    }

    private enum RunFilterBinding
    {
        Or,
        And,
        Not,
        Comparison,
    }
}

/// <summary>A run meets it that meets both.</summary>
public sealed record BothFilters(RunFilter Left, RunFilter Right) : RunFilter;

/// <summary>A run meets it that meets one of them.</summary>
public sealed record EitherFilter(RunFilter Left, RunFilter Right) : RunFilter;

public sealed record NotFilter(RunFilter Inner) : RunFilter;

/// <param name="Value">Of the kind that <paramref name="Field"/> has; never null.</param>
public sealed record RunComparison(RunField Field, RunOperator Operator, RunValue Value) : RunFilter
{
    internal string Describe() => $"{Field} {RunOperators.Sign(Operator)} {Value}";
}
