using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs watch</c>.</summary>
internal sealed class RunsWatchCommand : ServerVerb
{
    private readonly RunArgument _run = new();

    public RunsWatchCommand(Terminal terminal) : base("watch", "Follow a run to its end; exit code 1 unless it succeeds", terminal) => Add(_run);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var people = Terminal.People(json);
        var run = await client.FollowAsync(arguments.GetValue(_run), people, Terminal.Time, cancellationToken);
        people.WriteRun(run);
        if (json) Terminal.WriteJson(run);
        return run.State == RunState.Succeeded ? ExitCode.Ok : ExitCode.Failed;
    }
}
