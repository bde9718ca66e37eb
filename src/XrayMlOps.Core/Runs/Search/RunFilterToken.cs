namespace XrayMlOps.Core.Runs.Search;

internal enum RunFilterTokenKind
{
    Word,
    Quoted,
    Sign,
    Open,
    Close,
    End,
}

/// <param name="Position">Of its first character, from 1.</param>
/// <param name="Text">What a <see cref="RunFilterTokenKind.Quoted"/> text says, without its quotes; else as written.</param>
internal readonly record struct RunFilterToken(RunFilterTokenKind Kind, int Position, string Text)
{
    public bool IsWord(string word) => Kind == RunFilterTokenKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Kind == RunFilterTokenKind.End ? "the end" : $"'{Text}'";
}

/// <summary>Cuts a filter into words, quoted texts, operators and parentheses.</summary>
internal static class RunFilterTokens
{
    /// <exception cref="RunFilterProblem">A quote is not closed, or a sign is none.</exception>
    public static List<RunFilterToken> Read(string text)
    {
        List<RunFilterToken> tokens = [];
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            var (kind, length, content) = text[at] switch
            {
                '(' => (RunFilterTokenKind.Open, 1, "("),
                ')' => (RunFilterTokenKind.Close, 1, ")"),
                '\'' or '"' => Quoted(text, at),
                '=' or '!' or '<' or '>' or '~' => Sign(text, at),
                _ => Word(text, at),
            };
            tokens.Add(new RunFilterToken(kind, at + 1, content));
            at += length;
        }
        tokens.Add(new RunFilterToken(RunFilterTokenKind.End, text.Length + 1, ""));
        return tokens;
    }

    private static (RunFilterTokenKind Kind, int Length, string Content) Quoted(string text, int start)
    {
        var quote = text[start];
        var end = start + 1;
        // A quote that is doubled stands for itself.
        while (end < text.Length && (text[end] != quote || (end + 1 < text.Length && text[end + 1] == quote))) end += text[end] == quote ? 2 : 1;
        if (end >= text.Length) throw new RunFilterProblem(start + 1, $"the quote {quote} is not closed");
        var content = text[(start + 1)..end].Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);
        return (RunFilterTokenKind.Quoted, end + 1 - start, content);
    }

    private static (RunFilterTokenKind Kind, int Length, string Content) Sign(string text, int start)
    {
        foreach (var (sign, _) in RunOperators.Signs)
        {
            if (string.CompareOrdinal(text, start, sign, 0, sign.Length) == 0) return (RunFilterTokenKind.Sign, sign.Length, sign);
        }
        throw new RunFilterProblem(start + 1, $"'{text[start]}' is no operator: =, !=, <, <=, >, >= and ~ (contains) are");
    }

    private static (RunFilterTokenKind Kind, int Length, string Content) Word(string text, int start)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !"()'\"=!<>~".Contains(text[end], StringComparison.Ordinal)) end++;
        return (RunFilterTokenKind.Word, end - start, text[start..end]);
    }
}
