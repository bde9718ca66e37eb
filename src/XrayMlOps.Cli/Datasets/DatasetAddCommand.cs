using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Push;
using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset add</c>.</summary>
internal sealed class DatasetAddCommand : ServerVerb
{
    private readonly VersionArgument _base = new("base", "The version to begin with: ");
    private readonly Argument<string> _path = new("source") { Description = SourceOptions.Kinds };
    private readonly SourceOptions _source = new();
    private readonly SplitOptions _split = new();
    private readonly VersionOptions _version = new();

    public DatasetAddCommand(Terminal terminal) : base("add", "Make a version of another one and further films; its patients keep their splits", terminal)
    {
        Add(_base);
        Add(_path);
        _source.AddTo(Add);
        _split.AddTo(Add);
        _version.AddTo(Add);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var origin = arguments.GetRequiredValue(_base);
        var settings = new PushSettings(VersionArgument.DatasetOf(origin))
        {
            Source = _source.Settings(arguments),
            Rule = _source.Rule(arguments),
            Version = _version.Apply(_split.Apply(new PushRequest([]) { Base = origin }, arguments), arguments),
        };
        var people = Terminal.People(json);
        var outcome = await new DatasetPush(client, people, Terminal.Time).RunAsync(arguments.GetRequiredValue(_path), settings, cancellationToken);
        people.WritePush(outcome);
        if (json) Terminal.WriteJson(outcome);
        return ExitCode.Ok;
    }
}
