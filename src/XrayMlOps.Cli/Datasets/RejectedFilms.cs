using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Names bad files to a person: all of them, one a line.</summary>
internal static class RejectedFilms
{
    /// <summary>Each on a line of its own, after a line break; empty if there are none.</summary>
    public static string Lines(IReadOnlyList<RejectedFilm> films) =>
        string.Concat(films.OrderBy(film => film.File, StringComparer.Ordinal).Select(film => $"\n  {film.File}: {film.Reason}"));
}
