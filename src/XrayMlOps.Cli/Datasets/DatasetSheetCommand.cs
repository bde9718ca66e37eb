using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Sheets;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Imaging.Sheets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset sheet</c>.</summary>
internal sealed class DatasetSheetCommand : ServerVerb
{
    private const int MostColumns = 32;

    private readonly VersionArgument _version = new();
    private readonly Option<string> _out = new("--out", "-o") { Description = "Where to write the pictures; made if need be", HelpName = "DIR", Required = true };
    private readonly Option<int> _films = new("--films") { Description = $"The most films of a sheet, 1 to {ContactSheet.MaxCells:N0}", HelpName = "N", DefaultValueFactory = _ => 64 };
    private readonly Option<int> _columns = new("--columns") { Description = $"Films side by side, 1 to {MostColumns}", HelpName = "N", DefaultValueFactory = _ => 8 };

    public DatasetSheetCommand(Terminal terminal) : base(
        "sheet", "Draw contact sheets (PNG) of a version: a sample of each class, and the films that its quality report flags", terminal)
    {
        Add(_version);
        Add(_out);
        Add(_films);
        Add(_columns);
        Bound(_films, ContactSheet.MaxCells);
        Bound(_columns, MostColumns);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var people = Terminal.People(json);
        var sheets = await new DatasetSheets(client, people, Terminal.Time, arguments.GetValue(_films), arguments.GetValue(_columns)).WriteAsync(
            arguments.GetRequiredValue(_version), arguments.GetRequiredValue(_out), cancellationToken);
        if (json) Terminal.WriteJson(sheets);
        else people.WriteLines(sheets.Select(sheet => $"{sheet.File}: {Figures.Count(sheet.Films, "film")}"));
        return ExitCode.Ok;
    }

    private static void Bound(Option<int> option, int most) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var value && (value < 1 || value > most)) result.AddError($"{option.Name}: 1 to {most:N0} are allowed.");
    });
}
