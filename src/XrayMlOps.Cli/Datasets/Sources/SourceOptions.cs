using System.CommandLine;
using System.CommandLine.Parsing;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>Where films come from and what tells their classes and patients: shared by the verbs that read films.</summary>
internal sealed class SourceOptions
{
    /// <summary>What a source may be, for help.</summary>
    public const string Kinds = "A folder, an archive (.zip, .tar, .tar.gz, .tgz) or a table (.csv with the columns path and, if you like, label and patient)";

    private const long BytesPerGigabyte = 1_000_000_000;

    private readonly Option<string?> _rule = new("--rule")
    {
        Description = $"What tells class and patient: {string.Join(", ", FilmRules.Names)} [default: csv for a table, pattern with --pattern, else name]",
        HelpName = "RULE",
    };
    private readonly Option<string?> _pattern = new("--pattern")
    {
        Description = "Regular expression on the path with a group (?<label>…), (?<patient>…), or both",
        HelpName = "REGEX",
    };
    private readonly Option<int?> _patientFolder = new("--patient-folder")
    {
        Description = "The rule 'folder' takes the patient from the folder N levels up; 1 is the film's own",
        HelpName = "N",
    };
    private readonly Option<Dictionary<string, ImageLabel>> _labelMap = new("--label-map")
    {
        Description = "Other names of classes, like healthy=normal,bac=bacteria",
        HelpName = "NAME=CLASS,…",
        CustomParser = ParseLabels,
    };
    private readonly Option<string?> _pathColumn = new("--path-column") { Description = "Of a table [default: path, or file]", HelpName = "NAME" };
    private readonly Option<string?> _labelColumn = new("--label-column") { Description = "Of a table [default: label, if there is one]", HelpName = "NAME" };
    private readonly Option<string?> _patientColumn = new("--patient-column") { Description = "Of a table [default: patient, if there is one]", HelpName = "NAME" };
    private readonly Option<int> _entries = new("--max-entries")
    {
        Description = "The most entries that an archive may have",
        HelpName = "N",
        DefaultValueFactory = _ => new ArchiveLimits().Entries,
    };
    private readonly Option<int> _unpacked = new("--max-unpacked")
    {
        Description = "The most that an archive may unpack to, in GB",
        HelpName = "GB",
        DefaultValueFactory = _ => (int)(new ArchiveLimits().TotalBytes / BytesPerGigabyte),
    };

    public void AddTo(Action<Option> add)
    {
        Option[] options = [_rule, _pattern, _patientFolder, _labelMap, _pathColumn, _labelColumn, _patientColumn, _entries, _unpacked];
        foreach (var option in options) add(option);
        foreach (var limit in new[] { _entries, _unpacked })
        {
            limit.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() < 1) result.AddError($"{limit.Name}: 1 and more are allowed.");
            });
        }
    }

    public SourceSettings Settings(ParseResult arguments) => new(
        new TableColumns(arguments.GetValue(_pathColumn), arguments.GetValue(_labelColumn), arguments.GetValue(_patientColumn)),
        new ArchiveLimits { Entries = arguments.GetValue(_entries), TotalBytes = arguments.GetValue(_unpacked) * BytesPerGigabyte });

    /// <summary>Makes the rule for a source, once that is known.</summary>
    /// <exception cref="CommandFailure">The options contradict each other, or make no rule; said before any film is looked at.</exception>
    public Func<FilmSource, IFilmRule> Rule(ParseResult arguments)
    {
        var options = new FilmRuleOptions
        {
            Pattern = arguments.GetValue(_pattern),
            PatientFolder = arguments.GetValue(_patientFolder),
            Labels = arguments.GetValue(_labelMap) ?? [],
        };
        var asked = arguments.GetValue(_rule) ?? (options.Pattern is not null ? PatternRule.Key : options.PatientFolder is not null ? FolderRule.Key : null);
        if (asked is null) return source => FilmRules.Create(source.Rule, options);
        if (options.Pattern is not null && asked != PatternRule.Key) throw new CommandFailure(ExitCode.BadInput, $"--pattern is for --rule pattern, not {asked}.");
        if (options.PatientFolder is not null && asked != FolderRule.Key) throw new CommandFailure(ExitCode.BadInput, $"--patient-folder is for --rule folder, not {asked}.");
        try
        {
            var rule = FilmRules.Create(asked, options);
            return _ => rule;
        }
        catch (FilmRuleException problem)
        {
            throw new CommandFailure(ExitCode.BadInput, $"--rule {asked}: {problem.Message}.");
        }
    }

    private static Dictionary<string, ImageLabel>? ParseLabels(ArgumentResult result)
    {
        Dictionary<string, ImageLabel> labels = new(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (pair.Split('=') is [{ Length: > 0 } name, var text] && ImageLabels.TryParse(text, out var label)) labels[name] = label;
            else result.AddError($"--label-map '{pair}': give NAME=CLASS, with one of {string.Join(", ", ImageLabels.Names)}.");
        }
        return labels;
    }
}
