using System.CommandLine;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Runs;
using XrayMlOps.Imaging.Plots;

namespace XrayMlOps.Cli.Runs.Comparing;

/// <summary><c>xray runs compare</c>.</summary>
internal sealed class RunsCompareCommand : ServerVerb
{
    private readonly Argument<int[]> _runs = new("runs") { Description = "Numbers of two runs or more", HelpName = "RUN", Arity = new ArgumentArity(2, LinePlot.MostSeries) };
    private readonly Option<string?> _png = new("--png") { Description = "Write the curves to this file; runs-A-B.png in the current folder by default", HelpName = "FILE" };

    public RunsCompareCommand(Terminal terminal) : base("compare", "Show what differs between runs, their metrics side by side, and write their curves as PNG", terminal)
    {
        Add(_runs);
        Add(_png);
    }

    protected override async Task<ExitCode> RunAsync(RegistryClient client, ParseResult arguments, bool json, CancellationToken cancellationToken)
    {
        List<RunResponse> runs = [];
        foreach (var id in arguments.GetRequiredValue(_runs).Distinct()) runs.Add(await client.RunAsync(id, cancellationToken));
        if (runs.Count < 2) throw new CommandFailure(ExitCode.BadInput, "Give two different runs or more.");
        var file = Path.GetFullPath(arguments.GetValue(_png) ?? $"runs-{string.Join('-', runs.Select(run => run.Id))}.png");
        await WriteCurvesAsync(runs, file, cancellationToken);

        var parameters = RunParameters.Differing(runs);
        if (json)
        {
            Terminal.WriteJson(new Comparison(runs, parameters, file));
            return ExitCode.Ok;
        }
        Terminal.Output.MarkupLine("  [bold]Parameters that differ[/]");
        if (parameters.Count == 0) Terminal.Output.WriteLine("  none");
        else Terminal.Output.WriteWhole(ComparisonView.ParameterTable(runs.Select(run => run.Id), parameters));
        Terminal.Output.MarkupLine("  [bold]Metrics[/]");
        Terminal.Output.WriteWhole(ComparisonView.MetricTable(runs));
        Terminal.Output.WriteLine($"  Curves: {file}");
        return ExitCode.Ok;
    }

    private static async Task WriteCurvesAsync(List<RunResponse> runs, string file, CancellationToken cancellationToken)
    {
        var png = LinePlot.Render(
            $"Runs {string.Join(", ", runs.Select(run => run.Id))}", "epoch",
            [
                Panel("train loss", epoch => epoch.TrainLoss),
                Panel("validation loss", epoch => epoch.ValidationLoss),
                Panel("train accuracy", epoch => epoch.TrainAccuracy),
                Panel("validation accuracy", epoch => epoch.ValidationAccuracy),
            ]);
        try
        {
            await File.WriteAllBytesAsync(file, png, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadInput, $"--png: {problem.Message}");
        }

        PlotPanel Panel(string title, Func<EpochMetrics, double> figure) =>
            new(title, [.. runs.Select(run => new PlotSeries($"run {run.Id} {run.Architecture}", [.. run.Epochs.Select(epoch => new PlotPoint(epoch.Epoch, figure(epoch)))]))]);
    }

    private sealed record Comparison(IReadOnlyList<RunResponse> Runs, IReadOnlyList<DifferingParameter> Differing, string Png);
}
