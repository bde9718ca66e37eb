namespace XrayMlOps.Core.Runs.Search;

/// <summary>
/// Reads a filter: comparisons <c>field operator value</c>, joined by <c>and</c>, <c>or</c>, <c>not</c> and parentheses. By recursive descent, the depth of
/// which <see cref="Deepest"/> bounds.
/// </summary>
public sealed class RunFilterParser
{
    /// <summary>Characters of a filter.</summary>
    public const int Longest = 4_000;

    /// <summary>Parentheses and <c>not</c> inside each other.</summary>
    public const int Deepest = 50;

    /// <summary>Comparisons of a filter.</summary>
    public const int Most = 100;

    private readonly List<RunFilterToken> _tokens;
    private int _at;
    private int _depth;
    private int _comparisons;

    private RunFilterParser(List<RunFilterToken> tokens) => _tokens = tokens;

    private RunFilterToken Next => _tokens[_at];

    /// <param name="filter">Null if there is a problem, or the text is blank, which every run meets.</param>
    /// <param name="problem">Where it is, what was found there and what could be.</param>
    public static bool TryParse(string text, out RunFilter? filter, out string? problem)
    {
        (filter, problem) = (null, null);
        if (string.IsNullOrWhiteSpace(text)) return true;
        try
        {
            if (text.Length > Longest) throw new RunFilterProblem(Longest + 1, $"it has {text.Length:N0} characters; up to {Longest:N0} are allowed");
            var parser = new RunFilterParser(RunFilterTokens.Read(text));
            filter = parser.ReadWhole();
            return true;
        }
        catch (RunFilterProblem found)
        {
            problem = $"filter, character {found.Position}: {found.Message}";
            return false;
        }
    }

    private RunFilter ReadWhole()
    {
        var filter = ReadEither();
        return Next.Kind == RunFilterTokenKind.End ? filter : throw Problem("'and', 'or' or the end");
    }

    private RunFilter ReadEither()
    {
        var filter = ReadBoth();
        while (Take("or")) filter = new EitherFilter(filter, ReadBoth());
        return filter;
    }

    private RunFilter ReadBoth()
    {
        var filter = ReadOne();
        while (Take("and")) filter = new BothFilters(filter, ReadOne());
        return filter;
    }

    private RunFilter ReadOne()
    {
        var start = Next;
        if (!Take("not") && start.Kind != RunFilterTokenKind.Open) return ReadComparison();
        if (++_depth > Deepest) throw new RunFilterProblem(start.Position, $"parentheses and 'not' are more than {Deepest} deep");
        RunFilter filter;
        if (start.Kind == RunFilterTokenKind.Open)
        {
            _at++;
            filter = ReadEither();
            if (Next.Kind != RunFilterTokenKind.Close) throw Problem($"'and', 'or' or the ')' of character {start.Position}");
            _at++;
        }
        else
        {
            filter = new NotFilter(ReadOne());
        }
        _depth--;
        return filter;
    }

    private RunComparison ReadComparison()
    {
        if (++_comparisons > Most) throw new RunFilterProblem(Next.Position, $"there are more than {Most} comparisons");
        var field = ReadField();
        var sign = Next;
        if (sign.Kind != RunFilterTokenKind.Sign || !field.Operators.Any(allowed => RunOperators.Sign(allowed) == sign.Text))
            throw Problem($"an operator of {field}: {string.Join(", ", field.Operators.Select(RunOperators.Sign))}");
        _at++;
        var value = RunValueReader.Read(field, Next);
        _at++;
        return new RunComparison(field, RunOperators.Signs.Single(pair => pair.Sign == sign.Text).Operator, value);
    }

    private RunField ReadField()
    {
        if (Next.Kind != RunFilterTokenKind.Word || RunField.Find(Next.Text) is not { } field)
            throw Problem($"a field: {string.Join(", ", RunField.All)}, {RunField.TagPrefix}KEY");
        _at++;
        return field;
    }

    internal static bool IsKeyword(RunFilterToken token) => token.IsWord("and") || token.IsWord("or") || token.IsWord("not");

    private bool Take(string keyword)
    {
        if (!Next.IsWord(keyword)) return false;
        _at++;
        return true;
    }

    private RunFilterProblem Problem(string expected) => new(Next.Position, $"found {Next}, expected {expected}");
}
