using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs.Comparing;

/// <summary>Shows runs side by side, a column each.</summary>
internal static class ComparisonView
{
    public static Table ParameterTable(IEnumerable<int> runs, IReadOnlyList<DifferingParameter> parameters)
    {
        var table = Tables.Of(["Parameter", .. runs.Select(run => $"Run {run}")]);
        foreach (var parameter in parameters) table.Row([parameter.Name, .. parameter.Values.Select(value => value ?? Figures.None)]);
        return table;
    }

    public static Table MetricTable(IReadOnlyList<RunResponse> runs)
    {
        var table = Tables.Of(["Metric", .. runs.Select(run => $"#Run {run.Id}")]);
        Row("state", run => run.State.ToString().ToLowerInvariant());
        Row("epochs", run => $"{run.Epochs.Count}/{run.Recipe.Epochs}");
        Row("best epoch", run => run.BestEpoch?.Epoch.ToString());
        Row("validation loss", run => Figures.Loss(run.BestEpoch?.ValidationLoss));
        Row("validation accuracy", run => Figures.Percent(run.BestEpoch?.ValidationAccuracy));
        Row("test loss", run => Figures.Loss(Test(run)?.LogLoss));
        Row("test accuracy", run => Figures.Percent(Test(run)?.Accuracy));
        Row("test AUROC", run => Figures.Loss(Test(run)?.MacroAuroc));
        Row("test ECE", run => Figures.Loss(Test(run)?.ExpectedCalibrationError));
        Row("images/s", run => run.Epochs.Count == 0 ? null : Figures.Count((long)run.Epochs.Average(epoch => epoch.ImagesPerSecond)));
        Row("took", run => run is { StartedAt: { } started, EndedAt: { } ended } ? Figures.Duration(ended - started) : null);
        return table;

        void Row(string name, Func<RunResponse, string?> figure) => table.Row([name, .. runs.Select(run => figure(run) ?? Figures.None)]);
    }

    private static EvaluationReport? Test(RunResponse run) => run.Evaluation?.Test;
}
