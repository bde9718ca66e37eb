using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Names bad files to a person, one a line.</summary>
internal static class RejectedFilms
{
    /// <summary>Where so many are bad, the rest has the same reasons, and nobody scrolls through it.</summary>
    private const int MostShown = 100;

    /// <summary>Each on a line of its own, after a line break; empty if there are none.</summary>
    public static string Lines(IReadOnlyList<RejectedFilm> films)
    {
        var lines = string.Concat(films.OrderBy(film => film.File, StringComparer.Ordinal).Take(MostShown).Select(film => $"\n  {film.File}: {film.Reason}"));
        return films.Count > MostShown ? $"{lines}\n  and {Figures.Count(films.Count - MostShown, "more file")}" : lines;
    }
}
