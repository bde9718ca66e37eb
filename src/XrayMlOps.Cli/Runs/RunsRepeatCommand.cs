using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs.Comparing;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs repeat</c>.</summary>
internal sealed class RunsRepeatCommand : ServerVerb
{
    private readonly RunArgument _run = new();
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Do not follow the run, nor report how it differs" };

    public RunsRepeatCommand(Terminal terminal) : base("repeat", "Run a run again, and report how far the two differ", terminal)
    {
        Add(_run);
        Add(_noWait);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var first = await client.RunAsync(arguments.GetValue(_run), cancellationToken);
        var again = await client.RepeatRunAsync(first.Id, cancellationToken);
        var people = Terminal.People(json);
        people.MarkupLineInterpolated($"[green]Run {again.Id}[/] repeats run {first.Id}: {again.Architecture} on {again.Dataset}.");
        if (arguments.GetValue(_noWait))
        {
            people.WriteLine($"Watch it: xray runs watch {again.Id}; compare the two: xray runs compare {first.Id} {again.Id}");
            if (json) Terminal.WriteJson(again);
            return ExitCode.Ok;
        }
        again = await client.FollowAsync(again.Id, people, Terminal.Time, cancellationToken);
        if (again.State != RunState.Succeeded)
            throw new CommandFailure(ExitCode.Failed, $"Run {again.Id} {again.State.ToString().ToLowerInvariant()}: {again.Reason}");
        var difference = RepeatDifference.Between(first, again);
        people.WriteDifference(difference);
        if (json) Terminal.WriteJson(difference);
        return ExitCode.Ok;
    }
}
