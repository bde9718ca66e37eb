using System.Text.RegularExpressions;

namespace XrayMlOps.Core.Datasets.Rules;

/// <summary>
/// <c>name</c>: the file name comes first, in the layout of the public pneumonia download (<c>person12_bacteria_34.jpeg</c>,
/// <c>NORMAL2-IM-0927-0001.jpeg</c>); then the nearest folder named after a class.
/// </summary>
public sealed partial class NameRule(FilmRuleOptions options) : IFilmRule
{
    public const string Key = "name";

    public FilmReading Read(FilmOrigin film)
    {
        var stem = film.Stem;
        if (Pneumonia().Match(stem) is { Success: true } named && ImageLabels.TryParse(named.Groups["class"].Value, out var said))
            return new FilmReading(said, $"person{named.Groups["patient"].Value}");

        var normal = Normal().Match(stem);
        var patient = normal.Success ? $"IM-{normal.Groups["patient"].Value}" : null;
        foreach (var folder in film.Folders)
        {
            if (options.TryParseLabel(folder, out var label)) return new FilmReading(label, patient);
            if (folder.Equals("PNEUMONIA", StringComparison.OrdinalIgnoreCase))
            {
                return FilmReading.Refused(
                    "the folder says pneumonia, but not which: name the file person<N>_bacteria_<K> or person<N>_virus_<K>, or use a folder BACTERIA or VIRUS");
            }
        }
        return normal.Success
            ? new FilmReading(ImageLabel.Normal, patient)
            : FilmReading.Refused(
                "neither the file name nor a folder says the class: use a folder NORMAL, BACTERIA or VIRUS, or a name like person12_virus_34.jpeg");
    }

    [GeneratedRegex(@"^person(?<patient>\d+)_(?<class>bacteria|virus)_\d+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pneumonia();

    [GeneratedRegex(@"^(?:NORMAL\d*-)?IM-(?<patient>\d+)-\d+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Normal();
}
