using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Films per split and class, as counts and per cent.</summary>
internal static class ClassTable
{
    public static void WriteClassTable(this IAnsiConsole console, DatasetVersionResponse version)
    {
        var total = new SplitCounts(
            default, version.Counts.Sum(c => c.Normal), version.Counts.Sum(c => c.Bacteria), version.Counts.Sum(c => c.Virus));
        var table = Tables.Of(["", .. ImageLabels.Names.Append("total").SelectMany(name => new[] { $"#{name}", "#%" })]);
        AddRow(table, "total", total, total.Total);
        foreach (var counts in version.Counts.OrderBy(counts => counts.Split))
            AddRow(table, counts.Split.ToString().ToLowerInvariant(), counts, total.Total);
        console.WriteWhole(table);
        console.MarkupLine("[grey]  Per cent of a class: of the row's films; of the total: of all films.[/]");
    }

    private static void AddRow(Table table, string name, SplitCounts counts, int films) => table.Row(
        name,
        Figures.Count(counts.Normal), Share(counts.Normal, counts.Total),
        Figures.Count(counts.Bacteria), Share(counts.Bacteria, counts.Total),
        Figures.Count(counts.Virus), Share(counts.Virus, counts.Total),
        Figures.Count(counts.Total), Share(counts.Total, films));

    private static string Share(int part, int whole) => whole == 0 ? Figures.None : $"{100.0 * part / whole:0.0}";
}
