using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset show</c>.</summary>
internal sealed class DatasetShowCommand : ServerVerb
{
    private readonly VersionArgument _version = new();
    private readonly Option<bool> _report = new("--report") { Description = "What its quality report says: leaks, duplicates, outliers, distributions, unreadable files" };
    private readonly Option<bool> _lineage = new("--lineage") { Description = "What it came from, and what came from it" };

    public DatasetShowCommand(Terminal terminal) : base("show", "Show a dataset version: its films per split and class", terminal)
    {
        Add(_version);
        Add(_report);
        Add(_lineage);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var version = await client.DatasetAsync(arguments.GetRequiredValue(_version), cancellationToken);
        var report = arguments.GetValue(_report) ? await client.ReportAsync(version.Reference, cancellationToken) : null;
        var lineage = arguments.GetValue(_lineage) ? await client.LineageAsync(version.Reference, cancellationToken) : null;
        if (json)
        {
            if (report is null && lineage is null) Terminal.WriteJson(version);
            else Terminal.WriteJson(new VersionDocument(version, report, lineage));
            return ExitCode.Ok;
        }
        Terminal.Output.WriteVersion(version);
        if (lineage is not null) Terminal.Output.WriteLineage(lineage);
        if (report is not null) Terminal.Output.WriteReport(report);
        return ExitCode.Ok;
    }

    private sealed record VersionDocument(DatasetVersionResponse Version, QualityReport? Report, DatasetLineage? Lineage);
}
