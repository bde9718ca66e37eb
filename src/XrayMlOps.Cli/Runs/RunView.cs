using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Evaluation;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary>Shows a run to a person.</summary>
internal static class RunView
{
    public static void WriteRun(this IAnsiConsole console, RunResponse run)
    {
        console.WriteFacts(
            ("Run", $"{run.Id}, {Describe(run)}"),
            ("Dataset", $"{run.Dataset} (sha256:{Figures.Short(run.DatasetDigest)})"),
            ("Network", run.Parameters is { } parameters ? $"{run.Architecture}, {Figures.Count(parameters)} parameters" : run.Architecture),
            ("Recipe", Describe(run.Recipe)),
            ("Experiment", run.Experiment),
            ("Tags", run.Tags.Count == 0 ? null : Describe(run.Tags)),
            ("Origin", Describe(run.Origin)),
            ("Limits", Describe(run.Limits)),
            ("Model", run.Model),
            ("Device", run.Device is { } device ? $"{device}, {run.Threads} threads, worker {run.Worker}" : null),
            ("Needs", run.Need == ComputeNeed.Any ? null : run.Need.ToString().ToLowerInvariant()),
            ("Packages", run.Packages.Count == 0 ? null : Describe(run.Packages)),
            ("Environment", run.Environment.Count == 0 ? null : Describe(run.Environment)),
            ("Commit", run.GitCommit),
            ("Schedule", run.Schedule),
            ("Attempts", run.Attempt > 1 ? run.Attempt.ToString() : null),
            ("Warning", run.Warning),
            ("Created", Figures.Time(run.CreatedAt)),
            ("Took", run is { StartedAt: { } started, EndedAt: { } ended } ? Figures.Duration(ended - started) : null));
        if (run.Evaluation is { } evaluation) console.WriteEvaluation(evaluation);
        else if (run.Epochs.Count > 0) console.WriteWhole(EpochTable(run));
    }

    /// <summary>Loss and accuracy of the three splits, then what the test split says of each class.</summary>
    public static void WriteEvaluation(this IAnsiConsole console, RunEvaluation evaluation)
    {
        console.MarkupLineInterpolated($"\n  [bold]Best epoch: {evaluation.BestEpoch}[/] (lowest validation loss)");
        var table = Tables.Of("Split", "#Films", "#Loss", "#Accuracy", "#95 % interval", "#Macro F1", "#AUROC", "#ECE");
        foreach (var (name, report) in new[] { ("train", evaluation.Train), ("validation", evaluation.Validation), ("test", evaluation.Test) })
        {
            table.Row(
                name, Figures.Count(report.N), Figures.Loss(report.LogLoss), Figures.Percent(report.Accuracy), EvaluationView.Describe(report.AccuracyInterval),
                Figures.Loss(report.MacroF1), Figures.Loss(report.MacroAuroc), Figures.Loss(report.ExpectedCalibrationError));
        }
        console.WriteWhole(table);
        console.MarkupLine("  [bold]Test split, class by class[/]");
        console.WriteClasses(evaluation.Test);
    }

    /// <summary>Every finished epoch, the best by validation loss marked.</summary>
    public static Table EpochTable(RunResponse run)
    {
        var table = Tables.Of(
            "#Epoch", "#Train loss", "#Train accuracy", "#Validation loss", "#Validation accuracy", "#Learning rate", "#Images/s", "#Memory", "#GPU memory", "");
        foreach (var epoch in run.Epochs)
        {
            table.Row(
                epoch.Epoch.ToString(), Figures.Loss(epoch.TrainLoss), Figures.Percent(epoch.TrainAccuracy), Figures.Loss(epoch.ValidationLoss),
                Figures.Percent(epoch.ValidationAccuracy), epoch.LearningRate.ToString("0.######"), Figures.Count((long)epoch.ImagesPerSecond),
                epoch.MemoryBytes > 0 ? Figures.Size(epoch.MemoryBytes) : Figures.None, epoch.DeviceMemoryBytes is { } bytes ? Figures.Size(bytes) : Figures.None,
                epoch == run.BestEpoch ? "best" : "");
        }
        return table;
    }

    /// <summary>In the order of their names.</summary>
    public static string Describe(IReadOnlyDictionary<string, string> pairs) =>
        string.Join(", ", pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));

    private static string? Describe(RunOrigin origin)
    {
        List<string> parts = [];
        if (origin.Continues is { } continued) parts.Add($"continues run {continued}");
        if (origin.Repeats is { } repeated) parts.Add($"repeats run {repeated}");
        if (origin.Sweep is { } sweep) parts.Add($"trial {origin.Trial} of sweep {sweep}{(origin.Rung is { } rung ? $", rung {rung}" : "")}");
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    private static string? Describe(RunLimits limits)
    {
        List<string> parts = [];
        if (limits.TotalMinutes is { } total) parts.Add($"{total} minutes in all");
        if (limits.StallMinutes != RunLimits.DefaultStallMinutes) parts.Add($"{limits.StallMinutes} minutes without a word");
        return parts.Count == 0 ? null : string.Join(", ", parts);
    }

    private static string Describe(RunResponse run)
    {
        var state = run.State.ToString().ToLowerInvariant();
        return run.Reason is { } reason ? $"{state}: {reason}" : state;
    }

    private static string Describe(TrainingRecipe recipe)
    {
        List<string> parts =
        [
            $"{recipe.Epochs} epochs of batch {recipe.BatchSize}",
            $"learning rate {recipe.LearningRate} {recipe.Schedule.ToString().ToLowerInvariant()}",
            $"seed {recipe.Seed}",
        ];
        if (recipe.WeightDecay > 0) parts.Add($"weight decay {recipe.WeightDecay}");
        if (recipe.LabelSmoothing > 0) parts.Add($"label smoothing {recipe.LabelSmoothing}");
        if (recipe.ClassWeights) parts.Add("class weights");
        if (recipe.Patience > 0) parts.Add($"patience {recipe.Patience}");
        if (recipe.Augmentation != new Augmentation()) parts.Add("augmentation");
        return string.Join(", ", parts);
    }
}
