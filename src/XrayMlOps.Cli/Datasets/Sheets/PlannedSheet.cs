using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Sheets;

namespace XrayMlOps.Cli.Datasets.Sheets;

/// <param name="Caption">Lines below it.</param>
internal sealed record PlannedFilm(string Digest, IReadOnlyList<string> Caption);

/// <summary>A sheet before its films are fetched.</summary>
/// <param name="Name">Of its file, without the ending.</param>
/// <param name="Groups">Films of a group are drawn side by side.</param>
internal sealed record PlannedSheet(string Name, string Title, IReadOnlyList<IReadOnlyList<PlannedFilm>> Groups, SheetTint Tint)
{
    public static PlannedSheet Of(string name, string title, IReadOnlyList<ManifestEntry> films) => new(
        name, title, [.. films.Select(film => new[] { new PlannedFilm(film.Digest, [film.File, $"{film.Patient}, {SplitName(film.Split)}", Figures.Short(film.Digest)]) })],
        SheetTint.None);

    /// <summary>Leaks, near duplicates and outliers, each on a sheet of its own.</summary>
    public static IEnumerable<PlannedSheet> Flagged(string reference, QualityReport report, int most)
    {
        var leaks = report.NearDuplicates.Where(group => group.CrossesSplits).ToArray();
        var others = report.NearDuplicates.Where(group => !group.CrossesSplits).ToArray();
        yield return new PlannedSheet("leaks", $"{reference}: alike in different splits, {Figures.Count(leaks.Length, "group")}", Cut(leaks, most), SheetTint.Red);
        yield return new PlannedSheet(
            "near-duplicates", $"{reference}: alike within a split, {Figures.Count(others.Length, "group")}", Cut(others, most), SheetTint.Amber);
        yield return new PlannedSheet(
            "outliers", $"{reference}: unlike the rest, {Figures.Count(report.Outliers.Count, "film")}",
            [.. report.Outliers.Take(most).Select(outlier => new[] { Of(outlier.Film, outlier.Reason) })], SheetTint.Blue);
    }

    /// <summary>Whole groups, as many as the sheet has room for; the first is cut if it alone is too long.</summary>
    private static List<PlannedFilm[]> Cut(IReadOnlyList<NearDuplicateGroup> groups, int most)
    {
        List<PlannedFilm[]> kept = [];
        foreach (var group in groups)
        {
            if (kept.Count > 0 && kept.Sum(films => films.Length) + group.Films.Count > most) break;
            kept.Add([.. group.Films.Take(most).Select(film => Of(film, null))]);
        }
        return kept;
    }

    private static PlannedFilm Of(FlaggedFilm film, string? reason) => new(
        film.Digest, [film.File, $"{film.Label.Name()}, {SplitName(film.Split)}", film.Patient, Figures.Short(film.Digest), .. reason is null ? [] : new[] { reason }]);

    private static string SplitName(Split split) => split.ToString().ToLowerInvariant();
}
