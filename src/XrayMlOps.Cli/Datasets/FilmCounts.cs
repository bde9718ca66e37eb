using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Films of each class.</summary>
internal sealed record FilmCounts(int Normal, int Bacteria, int Virus)
{
    public static FilmCounts Of(IReadOnlyList<LabelledFilm> films) => new(
        films.Count(film => film.Label == ImageLabel.Normal),
        films.Count(film => film.Label == ImageLabel.Bacteria),
        films.Count(film => film.Label == ImageLabel.Virus));
}
