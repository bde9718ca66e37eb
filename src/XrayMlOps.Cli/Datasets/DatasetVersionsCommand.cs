using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset versions</c>.</summary>
internal sealed class DatasetVersionsCommand : ServerVerb
{
    private readonly Argument<string> _name = new("name") { Description = "The dataset's name" };

    public DatasetVersionsCommand(Terminal terminal) : base("versions", "List the versions of a dataset, the newest first", terminal) => Add(_name);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var versions = await client.VersionsAsync(arguments.GetRequiredValue(_name), cancellationToken).ToListAsync(cancellationToken);
        if (json)
        {
            Terminal.WriteJson(versions);
            return ExitCode.Ok;
        }
        var table = Tables.Of("Version", "#Films", "#Patients", "#Size", "Tags", "Made from", "Created", "Note");
        foreach (var version in versions)
        {
            table.Row(
                version.Reference, Figures.Count(version.Images), Figures.Count(version.Patients), Figures.Size(version.Bytes),
                string.Join(", ", version.Tags), version.Base ?? Figures.None, Figures.Time(version.CreatedAt), version.Note ?? "");
        }
        Terminal.Output.WriteWhole(table);
        return ExitCode.Ok;
    }
}
