using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>What a file's name alone tells: whether it is worth a try, and the path that the registry may keep of it.</summary>
internal static class FilmName
{
    /// <summary>
    /// What lies beside films in a folder without being meant as one. Anything else is tried: the name of a film may end in
    /// anything.
    /// </summary>
    private static readonly HashSet<string> s_notFilms = new(StringComparer.OrdinalIgnoreCase)
    {
        ".txt", ".csv", ".tsv", ".md", ".json", ".jsonl", ".parquet", ".xml", ".html", ".yaml", ".yml", ".log", ".ini", ".db", ".py", ".sh",
    };

    public static bool IsHidden(string name) => name.StartsWith('.');

    public static bool IsNoFilm(string name) => s_notFilms.Contains(Path.GetExtension(name));

    /// <summary>A path that may be shown to anybody without opening the file: no DICOM file is called so.</summary>
    public static bool IsPicture(string name) => Path.GetExtension(name).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png";

    /// <summary>The path as the registry keeps it (see <see cref="FilmFile"/>), or why it cannot.</summary>
    public static bool TryMakeRelative(string path, out string file, out string problem)
    {
        var slashes = path.Replace('\\', '/');
        file = (slashes.StartsWith('/') ? "/" : "") + string.Join('/', slashes.Split('/').Where(part => part is not ("" or ".")));
        problem = FilmFile.ProblemOf(file) is { } reason ? $"its path {reason}" : "";
        return problem.Length == 0;
    }
}
