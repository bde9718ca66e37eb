using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Cli.Runs;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Cli.Sweeps;

/// <summary><c>xray sweep run</c>.</summary>
internal sealed class SweepRunCommand : ServerVerb
{
    private readonly Argument<string> _sweep = new("sweep")
    {
        Description = $"What to search: one that ships ({string.Join(", ", SweepCatalog.Names)}), or a .json file",
    };
    private readonly Option<string> _dataset = new("--dataset", "-d")
    {
        Description = "NAME (its latest version), NAME@3 or NAME@sha256:DIGEST",
        Required = true,
        HelpName = "NAME",
    };
    private readonly Option<int?> _epochs = new("--epochs") { Description = "Of each trial, at most", HelpName = "N" };
    private readonly Option<int?> _trials = new("--trials") { Description = "How many combinations to draw; 0 takes each once", HelpName = "N" };
    private readonly Option<int?> _parallel = new("--parallel") { Description = "The most runs that are queued or running at once", HelpName = "N" };
    private readonly Option<ComputeNeed> _need = new("--need") { Description = "What the trials must be trained on", HelpName = "any|cpu|gpu" };
    private readonly Option<bool> _wait = new("--wait", "-w") { Description = "Follow the sweep to its end; exit code 1 if it is stopped or no trial succeeds" };

    public SweepRunCommand(Terminal terminal) : base("run", "Start a sweep on a dataset version", terminal)
    {
        Add(_sweep);
        Add(_dataset);
        Add(_epochs);
        Add(_trials);
        Add(_parallel);
        Add(_need);
        Add(_wait);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var people = Terminal.People(json);
        var spec = Read(people, arguments);
        var commit = await WorkingTree.CommitAsync(cancellationToken);
        var sweep = await client.SweepAsync(new SweepRequest(arguments.GetRequiredValue(_dataset), spec, arguments.GetValue(_need), commit), cancellationToken);
        people.MarkupLineInterpolated($"[green]Sweep {sweep.Id}[/]: {sweep.Name}, {Figures.Count(sweep.Counts.Trials, "trial")} on {sweep.Dataset}.");
        if (!arguments.GetValue(_wait))
        {
            people.WriteLine($"Watch it: xray sweep show {sweep.Id}");
            if (json) Terminal.WriteJson(sweep);
            return ExitCode.Ok;
        }

        try
        {
            sweep = await new SweepFollower(client, people, Terminal.Time).FollowAsync(sweep.Id, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new CommandFailure(
                ExitCode.Interrupted, $"Interrupted, but sweep {sweep.Id} goes on at {client.Server}. End it: xray sweep stop {sweep.Id}");
        }
        people.WriteSweep(sweep);
        if (json) Terminal.WriteJson(sweep);
        return sweep.State == SweepState.Completed && sweep.Leaderboard.Any(row => row.State == RunState.Succeeded) ? ExitCode.Ok : ExitCode.Failed;
    }

    private SweepSpec Read(IAnsiConsole people, ParseResult arguments)
    {
        var nameOrFile = arguments.GetRequiredValue(_sweep);
        var (read, dropped) = SweepCatalog.Find(nameOrFile);
        people.WriteLines(dropped.Select(why => $"Left out: {why}"));
        var spec = read with
        {
            Epochs = arguments.GetValue(_epochs) ?? read.Epochs,
            Trials = arguments.GetValue(_trials) ?? read.Trials,
            Parallel = arguments.GetValue(_parallel) ?? read.Parallel,
        };
        return spec.Problems() is { Count: > 0 } problems
            ? throw new CommandFailure(ExitCode.BadInput, $"Sweep {nameOrFile} is unsound:\n  {string.Join("\n  ", problems)}")
            : spec;
    }
}
