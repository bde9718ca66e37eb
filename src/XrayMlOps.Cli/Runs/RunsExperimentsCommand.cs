using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary><c>xray runs experiments</c>.</summary>
internal sealed class RunsExperimentsCommand(Terminal terminal) : ServerVerb("experiments", "List the experiments that runs are grouped into", terminal)
{
    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        List<ExperimentSummary> experiments = [];
        await foreach (var experiment in client.ExperimentsAsync(cancellationToken)) experiments.Add(experiment);
        if (json)
        {
            Terminal.WriteJson(experiments);
            return ExitCode.Ok;
        }
        var table = Tables.Of("Experiment", "#Runs", "#Running", "#Best val. acc.", "Last run");
        foreach (var experiment in experiments)
        {
            table.Row(
                experiment.Name, Figures.Count(experiment.Runs), Figures.Count(experiment.Running), Figures.Percent(experiment.BestValidationAccuracy),
                Figures.Time(experiment.LastCreatedAt));
        }
        Terminal.Output.WriteWhole(table);
        return ExitCode.Ok;
    }
}
