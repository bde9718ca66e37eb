namespace XrayMlOps.Core.Datasets.Rules;

/// <summary>The rules by name.</summary>
public static class FilmRules
{
    private static readonly Dictionary<string, Func<FilmRuleOptions, IFilmRule>> s_rules = new(StringComparer.Ordinal)
    {
        [NameRule.Key] = options => new NameRule(options),
        [FolderRule.Key] = options => new FolderRule(options),
        [PatternRule.Key] = options => new PatternRule(options),
        [ColumnRule.Key] = options => new ColumnRule(options),
    };

    public static IReadOnlyCollection<string> Names => s_rules.Keys;

    /// <exception cref="FilmRuleException">There is no such rule, or the options do not suit it.</exception>
    public static IFilmRule Create(string name, FilmRuleOptions options) => s_rules.TryGetValue(name, out var create)
        ? create(options)
        : throw new FilmRuleException($"there is no rule '{name}': name one of {string.Join(", ", Names)}");
}

/// <summary>What the rules can be told.</summary>
public sealed record FilmRuleOptions
{
    /// <summary>For <see cref="PatternRule"/>: a .NET regular expression with a group named <c>label</c>, one named <c>patient</c>, or both.</summary>
    public string? Pattern { get; init; }

    /// <summary>For <see cref="FolderRule"/>: which folder names the patient, from 1 (the one that the film lies in) upwards.</summary>
    public int? PatientFolder { get; init; }

    /// <summary>Further names of classes, beside those that <see cref="ImageLabels.TryParse"/> knows.</summary>
    public IReadOnlyDictionary<string, ImageLabel> Labels { get; init; } = new Dictionary<string, ImageLabel>();

    internal bool TryParseLabel(string text, out ImageLabel label)
    {
        foreach (var (name, meant) in Labels)
        {
            label = meant;
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return ImageLabels.TryParse(text, out label);
    }

    /// <summary>The nearest folder that is named after a class.</summary>
    internal ImageLabel? NearestClass(FilmOrigin film)
    {
        foreach (var folder in film.Folders)
        {
            if (TryParseLabel(folder, out var label)) return label;
        }
        return null;
    }
}

/// <summary>A rule that cannot work as it was asked for; the message says why.</summary>
public sealed class FilmRuleException(string message, Exception? cause = null) : Exception(message, cause);
