using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Shows what a version came from, and what came from it, to a person.</summary>
internal static class LineageView
{
    public static void WriteLineage(this IAnsiConsole console, DatasetLineage lineage)
    {
        console.MarkupLine("\n[bold]Lineage[/]");
        console.WriteFacts(
            ("Made from", lineage.Base ?? "films alone"),
            ("Versions made from it", List(lineage.Derived)),
            ("Runs", List(lineage.Runs)),
            ("Models", List(lineage.Models)));
    }

    private static string List<T>(IReadOnlyList<T> items) => items.Count == 0 ? "none" : string.Join(", ", items);
}
