using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset push</c>.</summary>
internal sealed class DatasetPushCommand : ServerVerb
{
    private readonly Argument<string> _directory = new("folder")
    {
        Description = "Holds the films, in subfolders if you like; class and patient come from file and folder names",
    };
    private readonly Option<string> _name = new("--name", "-n")
    {
        Description = "The dataset's name",
        HelpName = "NAME",
        DefaultValueFactory = _ => DatasetReference.DefaultName,
    };
    private readonly Option<int?> _seed = new("--seed") { Description = "Of the split [default: 1]", HelpName = "N" };
    private readonly Option<SplitRule?> _split = new("--split")
    {
        Description = "Shares of train, validation and test [default: 70/10/20]",
        HelpName = "A/B/C",
        CustomParser = ParseSplit,
    };
    private readonly Option<bool> _strict = new("--strict") { Description = "Push nothing if a single film is bad" };

    public DatasetPushCommand(Terminal terminal) : base("push", "Make a dataset version of a folder of films", terminal)
    {
        Add(_directory);
        Add(_name);
        Add(_split);
        Add(_seed);
        Add(_strict);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var (split, seed) = (arguments.GetValue(_split), arguments.GetValue(_seed));
        if (seed is { } number) split = (split ?? new SplitRule()) with { Seed = number };
        var name = arguments.GetRequiredValue(_name);
        if (!DatasetReference.IsName(name)) throw new CommandFailure(ExitCode.BadInput, $"--name '{name}': {DatasetReference.NameRule} are allowed.");

        var people = Terminal.People(json);
        var outcome = await new DatasetPush(client, people, Terminal.Time)
            .RunAsync(arguments.GetRequiredValue(_directory), name, split, arguments.GetValue(_strict), cancellationToken);
        people.WritePush(outcome);
        if (json) Terminal.WriteJson(outcome);
        return ExitCode.Ok;
    }

    private static SplitRule? ParseSplit(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var parts = text.Split('/')
            .Select(part => double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) ? share : 0).ToArray();
        if (parts is [> 0, > 0, > 0] && double.IsFinite(parts.Sum()))
            return new SplitRule { Train = parts[0] / parts.Sum(), Validation = parts[1] / parts.Sum(), Test = parts[2] / parts.Sum() };
        result.AddError($"--split '{text}': give three shares above 0, like 70/10/20.");
        return null;
    }
}
