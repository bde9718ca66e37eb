using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset show</c>.</summary>
internal sealed class DatasetShowCommand : ServerVerb
{
    private readonly Argument<string> _dataset = new("dataset") { Description = "NAME (its latest version), NAME@3 or NAME@sha256:DIGEST" };

    public DatasetShowCommand(Terminal terminal) : base("show", "Show a dataset version: its films per split and class", terminal) => Add(_dataset);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var version = await client.DatasetAsync(arguments.GetRequiredValue(_dataset), cancellationToken);
        if (json) Terminal.WriteJson(version);
        else Terminal.Output.WriteVersion(version);
        return ExitCode.Ok;
    }
}
