using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Evaluation;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Models;

/// <summary>Shows a model version to a person.</summary>
internal static class ModelVersionView
{
    public static void WriteModelVersion(this IAnsiConsole console, ModelVersionResponse version)
    {
        console.WriteFacts(
            ("Model", version.Reference),
            ("Aliases", version.Aliases is [] ? null : string.Join(", ", version.Aliases)),
            ("Made by", $"run {version.RunId}: {version.Architecture} on {version.Dataset}"),
            ("Validation", $"loss {Figures.Loss(version.ValidationLoss)}, accuracy {Figures.Percent(version.ValidationAccuracy)}"),
            ("File", $"ONNX, {Figures.Size(version.Bytes)}, sha256:{version.Digest}"),
            ("Preprocessing", $"sha256:{version.PreprocessingHash}"),
            ("Registered", Figures.Time(version.CreatedAt)));
        console.MarkupLine("\n[bold]On the test split of its run[/]");
        console.WriteReport(version.Test);
    }
}
