using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs list</c>.</summary>
internal sealed class RunsListCommand : ServerVerb
{
    private readonly Option<string?> _filter = new("--filter", "-f")
    {
        Description = "Such as \"accuracy > 85% and arch = 'model_4'\"; fields: id, state, arch, dataset, experiment, accuracy, loss, test_accuracy, tag.KEY and others",
        HelpName = "FILTER",
    };
    private readonly Option<string?> _sort = new("--sort", "-s")
    {
        Description = "A field, such as loss; with '-' before it the greatest first, as in --sort=-accuracy. Runs that lack it are left out",
        HelpName = "FIELD",
    };
    private readonly Option<string?> _experiment = new("--experiment") { Description = "Runs of this experiment only", HelpName = "NAME" };
    private readonly Option<int> _limit = new("--limit") { Description = "How many, 1 to 200", HelpName = "N", DefaultValueFactory = _ => 20 };

    public RunsListCommand(Terminal terminal) : base("list", "List, search and sort the runs; the newest first unless told otherwise", terminal)
    {
        Add(_filter);
        Add(_sort);
        Add(_experiment);
        Add(_limit);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var listing = new RunListing(arguments.GetValue(_filter), arguments.GetValue(_experiment), arguments.GetValue(_sort));
        var runs = await client.RunsAsync(listing, arguments.GetValue(_limit), cancellationToken);
        if (json)
        {
            Terminal.WriteJson(runs);
            return ExitCode.Ok;
        }
        if (runs.Count == 0)
        {
            Terminal.Output.WriteLine(listing == new RunListing() ? "There is no run yet. Start one: xray train --dataset NAME --arch model_4" : "No such run.");
            return ExitCode.Ok;
        }
        var table = Tables.Of("#Run", "State", "Experiment", "Dataset", "Network", "#Epochs", "#Val. loss", "#Val. acc.", "#Test acc.", "Model", "Created");
        foreach (var run in runs)
        {
            table.Row(
                run.Id.ToString(), run.State.ToString().ToLowerInvariant(), run.Experiment, run.Dataset, run.Architecture, $"{run.EpochsDone}/{run.EpochsAsked}",
                Figures.Loss(run.ValidationLoss), Figures.Percent(run.ValidationAccuracy), Figures.Percent(run.TestAccuracy), run.Model ?? Figures.None,
                Figures.Time(run.CreatedAt));
        }
        Terminal.Output.WriteWhole(table);
        var all = await client.CountRunsAsync(listing, cancellationToken);
        Terminal.Output.WriteLine($"  {Figures.Count(runs.Count)} of {Figures.Count(all, "run")}");
        return ExitCode.Ok;
    }
}
