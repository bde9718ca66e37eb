using System.Globalization;

namespace XrayMlOps.Core.Runs.Search;

/// <summary>What a run's figure is compared with.</summary>
public abstract record RunValue
{
    // Records write their members unless told otherwise: values are written as they are read.
    public sealed override string ToString() => this switch
    {
        NumberValue { Number: var number } => number.ToString("R", CultureInfo.InvariantCulture),
        WholeValue { Number: var number } => number.ToString(CultureInfo.InvariantCulture),
        TimeValue { Time: var time } => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        StateValue { State: var state } => state.ToString().ToLowerInvariant(),
        TextValue { Text: var text } => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => throw new NotSupportedException($"{GetType().Name} is no value of this language."),
    };
}

/// <summary>Finite; percent are read as shares, 85% as 0.85.</summary>
public sealed record NumberValue(double Number) : RunValue;

public sealed record WholeValue(int Number) : RunValue;

/// <summary>A date without a time is its midnight, a time without a zone is UTC.</summary>
public sealed record TimeValue(DateTimeOffset Time) : RunValue;

public sealed record StateValue(RunState State) : RunValue;

public sealed record TextValue(string Text) : RunValue;
