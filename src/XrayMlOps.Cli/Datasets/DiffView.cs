using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Shows what changed between two versions to a person.</summary>
internal static class DiffView
{
    public static void WriteDiff(this IAnsiConsole console, DatasetDiff diff)
    {
        console.MarkupLineInterpolated($"From [bold]{diff.From}[/] to [bold]{diff.To}[/]");
        var table = Tables.Of(["", "Split", .. ImageLabels.Names.Append("total").Select(name => "#" + name)]);
        AddRows(table, "added", diff.Added);
        AddRows(table, "removed", diff.Removed);
        if (table.Rows.Count > 0) console.WriteWhole(table);
        console.WriteLines(diff.Relabelled.Select(count => $"  relabelled from {count.From.Name()} to {count.To.Name()}: {Figures.Count(count.Films, "film")}"));
        console.WriteLines(diff.Moved.Select(count => $"  moved from {Name(count.From)} to {Name(count.To)}: {Figures.Count(count.Films, "film")}"));
        console.WriteLine($"  with the same class and split in both: {Figures.Count(diff.Unchanged, "film")}");
    }

    public static async Task WriteChangesAsync(this IAnsiConsole console, IAsyncEnumerable<FilmChange> changes)
    {
        console.WriteLine();
        await foreach (var change in changes) console.WriteLine($"  {Describe(change)}");
    }

    /// <summary>A line as <c>+ digest  train virus  person1  path</c>; what differs is shown as <c>old &gt; new</c>.</summary>
    private static string Describe(FilmChange change) => change switch
    {
        { Before: null, After: { } film } => $"+ {Figures.Short(film.Digest)}  {Name(film.Split)} {film.Label.Name()}  {film.Patient}  {film.File}",
        { Before: { } film, After: null } => $"- {Figures.Short(film.Digest)}  {Name(film.Split)} {film.Label.Name()}  {film.Patient}  {film.File}",
        { Before: { } old, After: { } now } =>
            $"~ {Figures.Short(now.Digest)}  {Change(Name(old.Split), Name(now.Split))} {Change(old.Label.Name(), now.Label.Name())}  "
            + $"{Change(old.Patient, now.Patient)}  {Change(old.File, now.File)}",
        _ => "",
    };

    private static string Change(string old, string now) => old == now ? now : $"{old} > {now}";

    private static string Name(Split split) => split.ToString().ToLowerInvariant();

    private static void AddRows(Table table, string name, IReadOnlyList<SplitCounts> counts)
    {
        foreach (var count in counts.Where(count => count.Total > 0))
        {
            table.Row(
                name, Name(count.Split), Figures.Count(count.Normal), Figures.Count(count.Bacteria), Figures.Count(count.Virus), Figures.Count(count.Total));
        }
    }
}
