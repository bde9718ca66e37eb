using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary><c>xray dataset diff</c>.</summary>
internal sealed class DatasetDiffCommand : ServerVerb
{
    private readonly VersionArgument _from = new("from", "The earlier version: ");
    private readonly VersionArgument _to = new("to", "The later version: ");
    private readonly Option<bool> _films = new("--films") { Description = "List every film that differs" };

    public DatasetDiffCommand(Terminal terminal) : base("diff", "What changed from one version to another: added, removed, relabelled, moved", terminal)
    {
        Add(_from);
        Add(_to);
        Add(_films);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var (from, to) = (arguments.GetRequiredValue(_from), arguments.GetRequiredValue(_to));
        var diff = await client.DiffAsync(from, to, cancellationToken);
        if (!json) Terminal.Output.WriteDiff(diff);
        if (!arguments.GetValue(_films))
        {
            if (json) Terminal.WriteJson(diff);
            return ExitCode.Ok;
        }
        var changes = client.ChangesAsync(diff.From, diff.To, cancellationToken);
        if (json) Terminal.WriteJson(new DiffWithFilms(diff, await changes.ToListAsync(cancellationToken)));
        else await Terminal.Output.WriteChangesAsync(changes);
        return ExitCode.Ok;
    }

    private sealed record DiffWithFilms(DatasetDiff Diff, IReadOnlyList<FilmChange> Films);
}
