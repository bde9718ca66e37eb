using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset films</c>.</summary>
internal sealed class DatasetFilmsCommand : ServerVerb
{
    private const int LargestPage = 1000;

    private readonly VersionArgument _version = new();
    private readonly Option<ImageLabel?> _label = new("--label") { Description = "Of this class only", HelpName = string.Join('|', ImageLabels.Names) };
    private readonly Option<Split?> _split = new("--split") { Description = "Of this split only", HelpName = "train|validation|test" };
    private readonly Option<string?> _patient = new("--patient") { Description = "Of this patient only", HelpName = "PATIENT" };
    private readonly Option<int> _limit = new("--limit") { Description = "The most films to list", HelpName = "N", DefaultValueFactory = _ => 50 };

    public DatasetFilmsCommand(Terminal terminal) : base("films", "List films of a dataset version, in the order of their digests", terminal)
    {
        Add(_version);
        Add(_label);
        Add(_split);
        Add(_patient);
        Add(_limit);
        _limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--limit: 1 and more are allowed.");
        });
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var limit = arguments.GetValue(_limit);
        var films = await client.FilmsAsync(
                arguments.GetRequiredValue(_version), arguments.GetValue(_label), arguments.GetValue(_split), arguments.GetValue(_patient),
                Math.Min(limit, LargestPage), cancellationToken)
            .Take(limit).ToListAsync(cancellationToken);
        if (json)
        {
            Terminal.WriteJson(films);
            return ExitCode.Ok;
        }
        var table = Tables.Of("Digest", "Class", "Split", "Patient", "#Pixels", "#Size", "File");
        foreach (var film in films)
        {
            table.Row(
                Figures.Short(film.Digest), film.Label.Name(), film.Split.ToString().ToLowerInvariant(), film.Patient, $"{film.Width} x {film.Height}",
                Figures.Size(film.Bytes), film.File);
        }
        Terminal.Output.WriteWhole(table);
        if (films.Count == limit) Terminal.Output.WriteLine($"  There may be more than these {Figures.Count(limit, "film")}: --limit N shows them.");
        return ExitCode.Ok;
    }
}
