using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;

namespace XrayMlOps.Cli.Evaluation;

/// <summary>Shows how well a classifier does to a person.</summary>
internal static class EvaluationView
{
    public static void WriteReport(this IAnsiConsole console, EvaluationReport report)
    {
        console.WriteFacts(
            ("Films", Figures.Count(report.N)),
            ("Accuracy", $"{Figures.Percent(report.Accuracy)} (95 % interval {Describe(report.AccuracyInterval)})"),
            ("Macro F1", Figures.Loss(report.MacroF1)),
            ("Macro AUROC", Figures.Loss(report.MacroAuroc)),
            ("Log loss", Figures.Loss(report.LogLoss)),
            ("Brier score", Figures.Loss(report.BrierScore)),
            ("Calibration error", Figures.Loss(report.ExpectedCalibrationError)));
        console.WriteClasses(report);
    }

    /// <summary>Each class against the rest, and which class was taken for which.</summary>
    public static void WriteClasses(this IAnsiConsole console, EvaluationReport report)
    {
        var classes = Tables.Of("Class", "#Films", "#Sensitivity", "#Specificity", "#Precision", "#F1", "#AUROC");
        foreach (var row in report.Classes)
        {
            classes.Row(
                row.Label.Name(), Figures.Count(row.N), Figures.Percent(row.Sensitivity), Figures.Percent(row.Specificity), Figures.Percent(row.Precision),
                Figures.Loss(row.F1), Figures.Loss(row.Auroc));
        }
        console.WriteWhole(classes);

        console.MarkupLine("  [bold]Confusion matrix[/]");
        var confusion = Tables.Of(["True class", .. ImageLabels.Names.Select(name => $"#said {name}")]);
        foreach (var (index, row) in report.Confusion.Index())
            confusion.Row([ImageLabels.Names[index], .. row.Select(count => Figures.Count(count))]);
        console.WriteWhole(confusion);
    }

    public static string Describe(Interval interval) => $"{100 * interval.Low:0.0} to {100 * interval.High:0.0} %";
}
