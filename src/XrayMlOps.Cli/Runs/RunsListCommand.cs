using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs list</c>.</summary>
internal sealed class RunsListCommand : ServerVerb
{
    private readonly Option<int> _limit = new("--limit") { Description = "How many, 1 to 200", HelpName = "N", DefaultValueFactory = _ => 20 };

    public RunsListCommand(Terminal terminal) : base("list", "List the runs, newest first", terminal) => Add(_limit);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var runs = await client.RunsAsync(arguments.GetValue(_limit), cancellationToken);
        if (json)
        {
            Terminal.WriteJson(runs);
        }
        else if (runs.Count == 0)
        {
            Terminal.Output.WriteLine("There is no run yet. Start one: xray train --dataset NAME --arch model_4");
        }
        else
        {
            var table = Tables.Of("#Run", "State", "Dataset", "Network", "#Epochs", "#Val. acc.", "#Test acc.", "Model", "Created");
            foreach (var run in runs)
            {
                table.Row(
                    run.Id.ToString(), run.State.ToString().ToLowerInvariant(), run.Dataset, run.Architecture, $"{run.EpochsDone}/{run.EpochsAsked}",
                    Figures.Percent(run.ValidationAccuracy), Figures.Percent(run.TestAccuracy), run.Model ?? Figures.None, Figures.Time(run.CreatedAt));
            }
            Terminal.Output.WriteWhole(table);
        }
        return ExitCode.Ok;
    }
}
