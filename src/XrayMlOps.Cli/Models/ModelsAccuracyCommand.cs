using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Evaluation;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Monitoring;

namespace XrayMlOps.Cli.Models;

/// <summary><c>xray models accuracy</c>: how right each version was in service, by the labels that humans gave later.</summary>
internal sealed class ModelsAccuracyCommand : ServerVerb
{
    private readonly Argument<string> _model = new("model")
    {
        Description = "The model's name",
        DefaultValueFactory = _ => ModelReference.DefaultName,
    };
    private readonly Option<int> _period = new("--period")
    {
        Description = "Hours of each period",
        HelpName = "HOURS",
        DefaultValueFactory = _ => 24,
    };

    public ModelsAccuracyCommand(Terminal terminal) : base("accuracy", "Show how right a model was in service, from feedback", terminal)
    {
        Add(_model);
        Add(_period);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        var accuracy = await client.AccuracyAsync(arguments.GetRequiredValue(_model), arguments.GetValue(_period), cancellationToken);
        if (json)
        {
            Terminal.WriteJson(accuracy);
            return ExitCode.Ok;
        }
        var table = Tables.Of("Model", "From", "To", "#Predictions", "#Labelled", "#Right", "#Accuracy", "#95 % interval");
        foreach (var row in accuracy.Periods) AddRow(table, row, Figures.Time(row.From), Figures.Time(row.To));
        foreach (var row in accuracy.Overall) AddRow(table, row, "all", "");
        Terminal.Output.WriteWhole(table);
        return ExitCode.Ok;
    }

    private static void AddRow(Table table, RealisedAccuracy row, string from, string to) => table.Row(
        $"{row.Model}:{row.Version}", from, to, Figures.Count(row.Predictions), Figures.Count(row.Labelled), Figures.Count(row.Correct), Figures.Percent(row.Accuracy),
        row.Interval is { } interval ? EvaluationView.Describe(interval) : Figures.None);
}
