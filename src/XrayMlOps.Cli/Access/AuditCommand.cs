using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Access;

/// <summary><c>xray audit</c>.</summary>
internal sealed class AuditCommand : ServerVerb
{
    private readonly Option<string?> _by = new("--by") { Description = "Only the changes of this caller: an id or a name", HelpName = "CALLER" };
    private readonly Option<string?> _target = new("--target") { Description = "Only of paths that begin so, such as /api/models", HelpName = "PATH" };
    private readonly Option<DateTimeOffset?> _from = new("--from") { Description = "Only from then on", HelpName = "TIME" };
    private readonly Option<int> _limit = new("--limit", "-n") { Description = "The most entries", HelpName = "N", DefaultValueFactory = _ => 50 };

    public AuditCommand(Terminal terminal) : base("audit", "Show who changed what, the latest first; --json shows what it was before and after", terminal)
    {
        Add(_by);
        Add(_target);
        Add(_from);
        Add(_limit);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var entries = await client.AuditAsync(arguments.GetValue(_by), arguments.GetValue(_target), arguments.GetValue(_from), cancellationToken)
            .Take(arguments.GetValue(_limit)).ToListAsync(cancellationToken);
        if (json)
        {
            Terminal.WriteJson(entries);
            return ExitCode.Ok;
        }
        var table = Tables.Of("When", "Who", "Role", "Action", "Target");
        foreach (var entry in entries) table.Row(Figures.Time(entry.At), $"{entry.CallerName} ({entry.Caller})", entry.Role, entry.Action, entry.Target);
        Terminal.Output.WriteWhole(table);
        return ExitCode.Ok;
    }
}
