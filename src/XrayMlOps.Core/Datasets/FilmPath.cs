using System.Text.RegularExpressions;

namespace XrayMlOps.Core.Datasets;

/// <summary>What a film's path says of it.</summary>
public sealed record FilmPathReading(ImageLabel Label, string Patient);

/// <summary>
/// Reads class and patient from a path. The file name comes first, in the layout of the public pneumonia download
/// (<c>person12_bacteria_34.jpeg</c>, <c>NORMAL2-IM-0927-0001.jpeg</c>); then the nearest folder named after a class. A file
/// whose name tells no patient is a patient of its own.
/// </summary>
public static partial class FilmPath
{
    /// <param name="path">Relative to the pushed folder, or absolute.</param>
    /// <param name="reading">Class and patient, if the path tells the class.</param>
    /// <param name="problem">Otherwise, why not and what to do.</param>
    public static bool TryRead(string path, out FilmPathReading reading, out string problem)
    {
        var parts = path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
        var stem = parts is [] ? "" : Path.GetFileNameWithoutExtension(parts[^1]);
        (reading, problem) = (null!, "");

        if (Pneumonia().Match(stem) is { Success: true } film && ImageLabels.TryParse(film.Groups["class"].Value, out var named))
        {
            reading = new FilmPathReading(named, $"person{film.Groups["patient"].Value}");
            return true;
        }
        var normal = Normal().Match(stem);
        var patient = normal.Success ? $"IM-{normal.Groups["patient"].Value}" : stem;
        foreach (var folder in parts.SkipLast(1).Reverse())
        {
            if (ImageLabels.TryParse(folder, out var label))
            {
                reading = new FilmPathReading(label, patient);
                return true;
            }
            if (folder.Equals("PNEUMONIA", StringComparison.OrdinalIgnoreCase))
            {
                problem = "the folder says pneumonia, but not which: name the file person<N>_bacteria_<K> or person<N>_virus_<K>, or use a folder BACTERIA or VIRUS";
                return false;
            }
        }
        if (normal.Success)
        {
            reading = new FilmPathReading(ImageLabel.Normal, patient);
            return true;
        }
        problem = "neither the file name nor a folder says the class: use a folder NORMAL, BACTERIA or VIRUS, or a name like person12_virus_34.jpeg";
        return false;
    }

    [GeneratedRegex(@"^person(?<patient>\d+)_(?<class>bacteria|virus)_\d+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pneumonia();

    [GeneratedRegex(@"^(?:NORMAL\d*-)?IM-(?<patient>\d+)-\d+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Normal();
}
