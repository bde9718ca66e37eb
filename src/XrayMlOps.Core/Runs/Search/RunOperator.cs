namespace XrayMlOps.Core.Runs.Search;

public enum RunOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,

    /// <summary>The text contains it, letter by letter in its own case.</summary>
    Contains,
}

public static class RunOperators
{
    /// <summary>Longer signs before the ones that they begin with.</summary>
    internal static readonly (string Sign, RunOperator Operator)[] Signs =
    [
        ("!=", RunOperator.NotEqual),
        ("<=", RunOperator.LessOrEqual),
        (">=", RunOperator.GreaterOrEqual),
        ("=", RunOperator.Equal),
        ("<", RunOperator.Less),
        (">", RunOperator.Greater),
        ("~", RunOperator.Contains),
    ];

    internal static string Sign(RunOperator of) => Signs.Single(pair => pair.Operator == of).Sign;

    /// <summary>What is true of exactly those values of which <paramref name="of"/> is not; <see cref="RunOperator.Contains"/> has no such operator.</summary>
    public static RunOperator Opposite(this RunOperator of) => of switch
    {
        RunOperator.Equal => RunOperator.NotEqual,
        RunOperator.NotEqual => RunOperator.Equal,
        RunOperator.Less => RunOperator.GreaterOrEqual,
        RunOperator.LessOrEqual => RunOperator.Greater,
        RunOperator.Greater => RunOperator.LessOrEqual,
        RunOperator.GreaterOrEqual => RunOperator.Less,
        _ => throw new ArgumentOutOfRangeException(nameof(of), of, "This operator has no opposite."),
    };
}
