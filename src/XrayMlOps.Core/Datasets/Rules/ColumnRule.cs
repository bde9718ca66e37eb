namespace XrayMlOps.Core.Datasets.Rules;

/// <summary><c>csv</c>: what the columns of a table say. What there is no column for is told by <see cref="NameRule"/>.</summary>
public sealed class ColumnRule(FilmRuleOptions options) : IFilmRule
{
    public const string Key = "csv";
    private readonly NameRule _otherwise = new(options);

    public FilmReading Read(FilmOrigin film)
    {
        var byName = _otherwise.Read(film);
        // An empty cell says that the patient is not known: that is no reason to guess one from the name.
        var patient = film.Patient is null ? byName.Patient : film.Patient.Length > 0 ? film.Patient : null;
        if (film.Label is not { } said) return byName with { Patient = patient };
        if (!options.TryParseLabel(said, out var label))
        {
            return FilmReading.Refused(said.Length == 0
                ? "its label is empty"
                : $"its label '{said}' is no class: use {string.Join(", ", ImageLabels.Names)}, or map it to one");
        }
        return new FilmReading(label, patient);
    }
}
