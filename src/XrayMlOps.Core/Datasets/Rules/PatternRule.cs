using System.Text.RegularExpressions;

namespace XrayMlOps.Core.Datasets.Rules;

/// <summary>
/// <c>pattern</c>: a regular expression of one's own finds class and patient in the path (<see cref="FilmOrigin.File"/>, with forward
/// slashes). What it has no group for is told by <see cref="NameRule"/>.
/// </summary>
public sealed class PatternRule : IFilmRule
{
    public const string Key = "pattern";
    private const string LabelGroup = "label";
    private const string PatientGroup = "patient";

    /// <summary>Paths are short: a pattern that takes longer on one backtracks without end.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(200);

    private readonly Regex _pattern;
    private readonly bool _tellsLabel;
    private readonly bool _tellsPatient;
    private readonly FilmRuleOptions _options;
    private readonly NameRule _otherwise;

    public PatternRule(FilmRuleOptions options)
    {
        if (options.Pattern is not { Length: > 0 } text)
            throw new FilmRuleException(@"the rule 'pattern' needs a pattern, such as (?<label>normal|virus)/(?<patient>[^/_]+)_\d+");
        try
        {
            _pattern = new Regex(text, RegexOptions.CultureInvariant, s_longest);
        }
        catch (ArgumentException problem)
        {
            throw new FilmRuleException($"the pattern '{text}' is no regular expression: {problem.Message}", problem);
        }
        var groups = _pattern.GetGroupNames();
        (_tellsLabel, _tellsPatient) = (groups.Contains(LabelGroup), groups.Contains(PatientGroup));
        if (!_tellsLabel && !_tellsPatient)
            throw new FilmRuleException($"the pattern '{text}' names neither a label nor a patient: give it a group (?<label>…) or (?<patient>…)");
        _options = options;
        _otherwise = new NameRule(options);
    }

    public FilmReading Read(FilmOrigin film)
    {
        Match match;
        try
        {
            match = _pattern.Match(film.File.Replace('\\', '/'));
        }
        catch (RegexMatchTimeoutException)
        {
            return FilmReading.Refused($"the pattern was still trying after {s_longest.TotalMilliseconds:0} ms: make it simpler");
        }
        if (!match.Success) return FilmReading.Refused($"its path does not match the pattern '{_pattern}'");

        var named = match.Groups[PatientGroup] is { Success: true, Length: > 0 } group ? group.Value : null;
        if (!_tellsLabel) return _otherwise.Read(film) with { Patient = named };
        var patient = _tellsPatient ? named : _otherwise.Read(film).Patient;
        var said = match.Groups[LabelGroup].Value;
        return _options.TryParseLabel(said, out var label)
            ? new FilmReading(label, patient)
            : FilmReading.Refused($"the pattern finds the label '{said}', which is no class: {string.Join(", ", ImageLabels.Names)}, or a name mapped to one");
    }
}
