using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Export;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset export</c>.</summary>
internal sealed class DatasetExportCommand : ServerVerb
{
    private readonly VersionArgument _version = new();
    private readonly Argument<string> _folder = new("folder") { Description = "Where to write; made if need be. What is there and right is kept" };
    private readonly Option<ManifestFormat> _manifest = new("--manifest")
    {
        // A default value would be shown as C# writes it.
        Description = "What to write the manifest as [default: jsonl]",
        HelpName = "jsonl|parquet",
    };

    public DatasetExportCommand(Terminal terminal) : base("export", "Write a version's original films into a folder a class, with the manifest", terminal)
    {
        Add(_version);
        Add(_folder);
        Add(_manifest);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var people = Terminal.People(json);
        var outcome = await new DatasetExport(client, people, Terminal.Time).RunAsync(
            arguments.GetRequiredValue(_version), arguments.GetRequiredValue(_folder), arguments.GetValue(_manifest), cancellationToken);
        people.MarkupLineInterpolated($"[green]{outcome.Version.Reference}[/] is in {outcome.Folder}: {Figures.Count(outcome.Written, "film")} written, {Figures.Count(outcome.Kept)} there already; {outcome.Manifest}");
        if (json) Terminal.WriteJson(outcome);
        return ExitCode.Ok;
    }
}
