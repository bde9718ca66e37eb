using System.CommandLine;
using System.CommandLine.Parsing;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Push;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset remove</c>.</summary>
internal sealed class DatasetRemoveCommand : ServerVerb
{
    private static readonly Dictionary<string, FilmFlag> s_flags = new(StringComparer.OrdinalIgnoreCase)
    {
        ["near-duplicate"] = FilmFlag.NearDuplicate,
        ["leak"] = FilmFlag.Leak,
        ["outlier"] = FilmFlag.Outlier,
    };

    private readonly VersionArgument _base = new("base", "The version to begin with: ");
    private readonly Option<ImageLabel[]> _labels = new("--label") { Description = "Of this class", HelpName = string.Join('|', ImageLabels.Names) };
    private readonly Option<Split[]> _splits = new("--split") { Description = "Of this split", HelpName = "train|validation|test" };
    private readonly Option<string[]> _patients = new("--patient") { Description = "Of this patient", HelpName = "PATIENT" };
    private readonly Option<string[]> _files = new("--file") { Description = "With such a path: * is anything but a slash, ** anything, ? one character", HelpName = "GLOB" };
    private readonly Option<string[]> _digests = new("--digest") { Description = "With this digest, or one that begins so (8 digits or more)", HelpName = "DIGEST" };
    private readonly Option<FilmFlag[]> _flags = new("--flagged")
    {
        Description = "That the quality report flags",
        HelpName = string.Join('|', s_flags.Keys),
        CustomParser = ParseFlags,
    };
    private readonly VersionOptions _version = new();

    public DatasetRemoveCommand(Terminal terminal) : base(
        "remove", "Make a version of another one without some films: those that meet every kind of condition given, and any of each kind", terminal)
    {
        Add(_base);
        foreach (var condition in new Option[] { _labels, _splits, _patients, _files, _digests, _flags }) Add(condition);
        _version.AddTo(Add);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var filter = new FilmFilter
        {
            Labels = NotEmpty(arguments.GetValue(_labels)),
            Splits = NotEmpty(arguments.GetValue(_splits)),
            Patients = NotEmpty(arguments.GetValue(_patients)),
            Files = NotEmpty(arguments.GetValue(_files)),
            Digests = NotEmpty(arguments.GetValue(_digests)),
            Flags = NotEmpty(arguments.GetValue(_flags)),
        };
        if (filter == new FilmFilter()) throw new CommandFailure(ExitCode.BadInput, "Say which films: --label, --split, --patient, --file, --digest or --flagged.");
        if (filter.Problems() is { Count: > 0 } problems) throw new CommandFailure(ExitCode.BadInput, string.Join("\n  ", problems));

        var origin = arguments.GetRequiredValue(_base);
        var request = _version.Apply(new PushRequest([]) { Base = origin, Remove = [filter] }, arguments);
        var people = Terminal.People(json);
        var completed = await new DatasetPush(client, people, Terminal.Time).PublishAsync(VersionArgument.DatasetOf(origin), request, cancellationToken);
        people.WriteDerived(completed, origin);
        if (json) Terminal.WriteJson(completed);
        return ExitCode.Ok;
    }

    private static T[]? NotEmpty<T>(T[]? values) => values is { Length: > 0 } ? values : null;

    private static FilmFlag[]? ParseFlags(ArgumentResult result)
    {
        List<FilmFlag> flags = [];
        foreach (var token in result.Tokens)
        {
            if (s_flags.TryGetValue(token.Value, out var flag)) flags.Add(flag);
            else result.AddError($"--flagged '{token.Value}': give one of {string.Join(", ", s_flags.Keys)}.");
        }
        return [.. flags];
    }
}
