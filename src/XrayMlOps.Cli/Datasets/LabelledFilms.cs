using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Datasets;

/// <summary>A file of which a rule told the class.</summary>
/// <param name="Path">Where its bytes are.</param>
/// <param name="File">Relative to what is pushed, with forward slashes.</param>
/// <param name="NamedPatient">Null if the rule told none.</param>
internal sealed record LabelledFilm(string Path, string File, ImageLabel Label, string? NamedPatient)
{
    /// <summary>Without another, the film is a patient of its own.</summary>
    public string Patient => NamedPatient ?? System.IO.Path.GetFileNameWithoutExtension(File);
}

/// <param name="Rejected">Files of which the rule told nothing, each with the reason.</param>
internal sealed record LabelledFilms(IReadOnlyList<LabelledFilm> Films, IReadOnlyList<RejectedFilm> Rejected)
{
    public static LabelledFilms Read(FilmSource source, IFilmRule rule)
    {
        List<LabelledFilm> films = new(source.Files.Count);
        List<RejectedFilm> rejected = [.. source.Rejected];
        foreach (var file in source.Files)
        {
            var reading = rule.Read(file.Origin);
            var film = new LabelledFilm(file.Path, file.Origin.File, reading.Label, reading.Patient);
            if (reading.Problem is { } problem) rejected.Add(new RejectedFilm(film.File, problem));
            else if (FilmFile.ProblemOfText(film.Patient) is { } patient) rejected.Add(new RejectedFilm(film.File, $"its patient {patient}"));
            else films.Add(film);
        }
        return new LabelledFilms(films, rejected);
    }
}
