using System.Globalization;

namespace XrayMlOps.Core.Runs.Search;

/// <summary>Reads what a field is compared with, as what the field holds.</summary>
internal static class RunValueReader
{
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    private static readonly string[] s_times =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm"];

    /// <exception cref="RunFilterProblem">The token is no such value.</exception>
    public static RunValue Read(RunField field, RunFilterToken token)
    {
        var isValue = token.Kind == RunFilterTokenKind.Quoted || (token.Kind == RunFilterTokenKind.Word && !RunFilterParser.IsKeyword(token));
        RunValue? value = field.Kind switch
        {
            _ when !isValue => null,
            RunFieldKind.Number => Number(token.Text),
            RunFieldKind.Whole => int.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? new WholeValue(whole) : null,
            RunFieldKind.Time => DateTimeOffset.TryParseExact(token.Text, s_times, CultureInfo.InvariantCulture, Utc, out var time) ? new TimeValue(time) : null,
            RunFieldKind.State => State(token.Text),
            _ => new TextValue(token.Text),
        };
        return value ?? throw new RunFilterProblem(token.Position, $"found {token}, expected {Expected(field.Kind)} to compare {field} with");
    }

    private static NumberValue? Number(string text)
    {
        var isPercent = text.EndsWith('%');
        if (!double.TryParse(text.AsSpan().TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return null;
        return new NumberValue(isPercent ? number / 100 : number);
    }

    private static StateValue? State(string text) =>
        Enum.TryParse<RunState>(text, ignoreCase: true, out var state) && !char.IsAsciiDigit(text[0]) && Enum.IsDefined(state) ? new StateValue(state) : null;

    private static string Expected(RunFieldKind kind) => kind switch
    {
        RunFieldKind.Number => "a number such as 0.85, 1e-3 or 85%",
        RunFieldKind.Whole => "a whole number",
        RunFieldKind.Time => "a time such as 2026-01-31 or 2026-01-31T08:30:00Z (UTC)",
        RunFieldKind.State => $"one of {string.Join(", ", Enum.GetNames<RunState>().Select(name => name.ToLowerInvariant()))}",
        _ => "a text, quoted if it has spaces",
    };
}
