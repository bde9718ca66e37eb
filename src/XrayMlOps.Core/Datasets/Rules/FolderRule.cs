namespace XrayMlOps.Core.Datasets.Rules;

/// <summary>
/// <c>folder</c>: the class is the nearest folder named after one; the patient is the folder <see cref="FilmRuleOptions.PatientFolder"/>
/// levels up, if that is given. File names say nothing.
/// </summary>
public sealed class FolderRule : IFilmRule
{
    public const string Key = "folder";
    private readonly FilmRuleOptions _options;

    public FolderRule(FilmRuleOptions options)
    {
        if (options.PatientFolder is < 1) throw new FilmRuleException($"patient folder {options.PatientFolder}: count from 1, the folder that the film lies in");
        _options = options;
    }

    public FilmReading Read(FilmOrigin film)
    {
        if (_options.NearestClass(film) is not { } label)
            return FilmReading.Refused("no folder above it is named after a class: use NORMAL, BACTERIA or VIRUS, or map other names to those");
        if (_options.PatientFolder is not { } level) return new FilmReading(label, Patient: null);
        return film.Folders.ElementAtOrDefault(level - 1) switch
        {
            null => FilmReading.Refused($"no folder is {level} above it to name the patient"),
            var folder when _options.TryParseLabel(folder, out _) => FilmReading.Refused($"the folder {level} above it, '{folder}', is a class and no patient"),
            var folder => new FilmReading(label, folder),
        };
    }
}
