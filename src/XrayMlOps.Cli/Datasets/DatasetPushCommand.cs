using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Push;
using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset push</c>.</summary>
internal sealed class DatasetPushCommand : ServerVerb
{
    private readonly Argument<string> _path = new("source") { Description = SourceOptions.Kinds };
    private readonly Option<string> _name = new("--name", "-n")
    {
        Description = "The dataset's name",
        HelpName = "NAME",
        DefaultValueFactory = _ => DatasetReference.DefaultName,
    };
    private readonly SourceOptions _source = new();
    private readonly SplitOptions _split = new();
    private readonly VersionOptions _version = new();
    private readonly Option<string?> _base = new("--base") { Description = "Begin with the films of this version, of any dataset", HelpName = "VERSION" };
    private readonly Option<bool> _verify = new("--verify") { Description = "Have the server look at every film in its store, and send again what it lost" };

    public DatasetPushCommand(Terminal terminal) : base("push", "Make a dataset version of films", terminal)
    {
        Add(_path);
        Add(_name);
        _source.AddTo(Add);
        _split.AddTo(Add);
        Add(_base);
        _version.AddTo(Add);
        Add(_verify);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name);
        if (!DatasetReference.IsName(name)) throw new CommandFailure(ExitCode.BadInput, $"--name '{name}': {DatasetReference.NameRule} are allowed.");
        var settings = new PushSettings(name)
        {
            Source = _source.Settings(arguments),
            Rule = _source.Rule(arguments),
            Version = _version.Apply(_split.Apply(new PushRequest([]) { Base = arguments.GetValue(_base) }, arguments), arguments),
            Verify = arguments.GetValue(_verify),
        };

        var people = Terminal.People(json);
        var outcome = await new DatasetPush(client, people, Terminal.Time).RunAsync(arguments.GetRequiredValue(_path), settings, cancellationToken);
        people.WritePush(outcome);
        if (json) Terminal.WriteJson(outcome);
        return ExitCode.Ok;
    }
}
