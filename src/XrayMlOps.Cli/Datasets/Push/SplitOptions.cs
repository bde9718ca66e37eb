using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Push;

/// <summary>How patients are divided who have no split yet, and what to do with bad films: shared by the verbs that push.</summary>
internal sealed class SplitOptions
{
    private readonly Option<int?> _seed = new("--seed") { Description = "Of the split [default: 1]", HelpName = "N" };
    private readonly Option<SplitRule?> _split = new("--split")
    {
        Description = "Shares of train, validation and test [default: 70/10/20]",
        HelpName = "A/B/C",
        CustomParser = ParseSplit,
    };
    private readonly Option<bool> _strict = new("--strict") { Description = "Push nothing if a single film is bad" };

    public void AddTo(Action<Option> add)
    {
        add(_split);
        add(_seed);
        add(_strict);
    }

    public PushRequest Apply(PushRequest request, ParseResult arguments)
    {
        var (split, seed) = (arguments.GetValue(_split), arguments.GetValue(_seed));
        if (seed is { } number) split = (split ?? new SplitRule()) with { Seed = number };
        return request with { Split = split, Strict = arguments.GetValue(_strict) };
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
