using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset list</c>.</summary>
internal sealed class DatasetListCommand(Terminal terminal) : ServerVerb("list", "List the datasets, each with its latest version", terminal)
{
    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var datasets = await client.DatasetsAsync(cancellationToken).ToListAsync(cancellationToken);
        if (json)
        {
            Terminal.WriteJson(datasets);
        }
        else if (datasets.Count == 0)
        {
            Terminal.Output.WriteLine("There is no dataset yet. Make one: xray dataset push FOLDER --name NAME");
        }
        else
        {
            var table = Tables.Of("Dataset", "#Films", "#Patients", "#Size", "Created", "Digest");
            foreach (var version in datasets)
                table.Row(
                    version.Reference, Figures.Count(version.Images), Figures.Count(version.Patients), Figures.Size(version.Bytes),
                    Figures.Time(version.CreatedAt), Figures.Short(version.Digest));
            Terminal.Output.WriteWhole(table);
        }
        return ExitCode.Ok;
    }
}
