using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Shows a quality report to a person, what must be looked at first.</summary>
internal static class ReportView
{
    private const int Shown = 10;
    private const string Bars = " ▁▂▃▄▅▆▇█";

    public static void WriteReport(this IAnsiConsole console, QualityReport report)
    {
        var leaks = report.NearDuplicates.Where(group => group.CrossesSplits).ToArray();
        var others = report.NearDuplicates.Where(group => !group.CrossesSplits).ToArray();
        console.MarkupLine("\n[bold]Class balance[/]");
        var classes = Tables.Of("Class", "#Films", "#Share", "#Patients");
        foreach (var balance in report.Classes)
            classes.Row(balance.Label.Name(), Figures.Count(balance.Films), Figures.Percent(balance.Share), Figures.Count(balance.Patients));
        console.WriteWhole(classes);

        WriteGroups(console, "Leaks: films that look alike in different splits", "A model would be tested on what it was trained on.", leaks);
        WriteGroups(console, "Near duplicates within a split", "One film twice, or two films that look very much alike.", others);
        WriteList(
            console, "Exact duplicates that were skipped", report.ExactDuplicates, film => $"{film.File} = {film.SameAs}");
        WriteList(
            console, "Outliers: films unlike the rest", report.Outliers,
            outlier => $"{Figures.Short(outlier.Film.Digest)}  {outlier.Film.File}: {outlier.Reason} (score {outlier.Score:0.0}, flagged from {outlier.Threshold:0.0})");
        WriteList(console, "Files that are not in the version", report.Rejected, film => $"{film.File}: {film.Reason}");

        console.MarkupLine("\n[bold]Distributions over the films[/]");
        var table = Tables.Of("", "#Minimum", "#5 %", "#Median", "#95 %", "#Maximum", "From minimum to maximum");
        AddRow(table, "width, pixels", report.Width, "N0");
        AddRow(table, "height, pixels", report.Height, "N0");
        AddRow(table, "width / height", report.AspectRatio, "0.00");
        AddRow(table, "exposure, 0 to 255", report.Exposure, "0.0");
        AddRow(table, "contrast, grey levels", report.Contrast, "0.0");
        console.WriteWhole(table);
    }

    private static void WriteGroups(IAnsiConsole console, string title, string meaning, IReadOnlyList<NearDuplicateGroup> groups)
    {
        WriteHeading(console, title, groups.Count, "group");
        if (groups.Count == 0) return;
        console.MarkupLineInterpolated($"[grey]  {meaning} Look at them: xray dataset sheet[/]");
        foreach (var group in groups.Take(Shown))
        {
            var crossing = new[] { (group.CrossesPatients, "patients"), (group.CrossesLabels, "classes") }.Where(pair => pair.Item1).Select(pair => pair.Item2).ToArray();
            console.WriteLine($"  {Figures.Count(group.Films.Count, "film")}{(crossing is [] ? "" : $" of different {string.Join(" and ", crossing)}")}");
            console.WriteLines(group.Films.Select(film =>
                $"    {Figures.Short(film.Digest)}  {film.Split.ToString().ToLowerInvariant(),-10}  {film.Label.Name(),-8}  {film.Patient}  {film.File}"));
        }
        WriteRest(console, groups.Count);
    }

    private static void WriteList<T>(IAnsiConsole console, string title, IReadOnlyList<T> items, Func<T, string> describe)
    {
        WriteHeading(console, title, items.Count, "file");
        console.WriteLines(items.Take(Shown).Select(item => $"  {describe(item)}"));
        WriteRest(console, items.Count);
    }

    private static void WriteHeading(IAnsiConsole console, string title, int count, string noun) =>
        console.MarkupLineInterpolated($"\n[bold]{title}[/]: {(count == 0 ? "none" : Figures.Count(count, noun))}");

    private static void WriteRest(IAnsiConsole console, int count)
    {
        if (count > Shown) console.WriteLine($"  and {Figures.Count(count - Shown)} more: --json names them all");
    }

    private static void AddRow(Table table, string name, Distribution distribution, string format)
    {
        var highest = Math.Max(distribution.Histogram.DefaultIfEmpty().Max(), 1);
        // A bin with a single film still shows.
        var bars = distribution.Histogram.Select(films => Bars[(int)Math.Ceiling((Bars.Length - 1) * (double)films / highest)]);
        table.Row(
            name, distribution.Minimum.ToString(format), distribution.Percentile5.ToString(format), distribution.Median.ToString(format),
            distribution.Percentile95.ToString(format), distribution.Maximum.ToString(format), string.Concat(bars));
    }
}
