using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Cli.Sweeps;

/// <summary><c>xray sweep list</c>.</summary>
internal sealed class SweepListCommand : ServerVerb
{
    private readonly Option<int> _limit = new("--limit") { Description = "How many, 1 to 200", HelpName = "N", DefaultValueFactory = _ => 20 };

    public SweepListCommand(Terminal terminal) : base("list", "List the sweeps, newest first", terminal) => Add(_limit);

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var sweeps = await client.SweepsAsync(arguments.GetValue(_limit), cancellationToken);
        if (json)
        {
            Terminal.WriteJson(sweeps);
        }
        else if (sweeps.Count == 0)
        {
            Terminal.Output.WriteLine("There is no sweep yet. Start one: xray sweep run study --dataset NAME");
        }
        else
        {
            var table = Tables.Of("#Sweep", "Name", "State", "Strategy", "Dataset", "#Begun", "#Unfinished", "#Best", "Created");
            foreach (var sweep in sweeps)
            {
                table.Row(
                    sweep.Id.ToString(), sweep.Name, SweepView.Describe(sweep.State), SweepView.Describe(sweep.Strategy), sweep.Dataset, $"{sweep.Begun}/{sweep.Trials}",
                    sweep.Unfinished.ToString(), sweep.Metric == SweepMetric.ValidationLoss ? Figures.Loss(sweep.BestMetric) : Figures.Percent(sweep.BestMetric),
                    Figures.Time(sweep.CreatedAt));
            }
            Terminal.Output.WriteWhole(table);
        }
        return ExitCode.Ok;
    }
}
