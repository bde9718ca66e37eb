using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>A file whose path tells its class.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="File">Relative to the folder, with forward slashes.</param>
internal sealed record LabelledFilm(string Path, string File, ImageLabel Label, string Patient);

/// <summary>What a folder of films holds, subfolders included, ordered by path.</summary>
/// <param name="Rejected">Files and folders that cannot be used, each with the reason.</param>
/// <param name="Ignored">How many files were passed over: hidden ones, and those that are obviously not films.</param>
internal sealed record FilmFolder(IReadOnlyList<LabelledFilm> Films, IReadOnlyList<RejectedFilm> Rejected, int Ignored)
{
    /// <summary>
    /// What lies beside films in a folder without being meant as one. Anything else is tried: the name of a film may end in
    /// anything.
    /// </summary>
    private static readonly HashSet<string> NotFilms = new(StringComparer.OrdinalIgnoreCase)
    {
        ".txt", ".csv", ".tsv", ".md", ".json", ".jsonl", ".xml", ".html", ".yaml", ".yml", ".log", ".ini", ".db", ".py", ".sh",
    };

    /// <summary>Walks <paramref name="directory"/>. The name of the folder itself counts too: <c>train/NORMAL</c> may be pushed alone.</summary>
    public static FilmFolder Scan(string directory, CancellationToken cancellationToken)
    {
        var root = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        List<LabelledFilm> films = [];
        List<RejectedFilm> rejected = [];
        HashSet<string> visited = [];
        var ignored = 0;
        Walk(root);
        films.Sort((a, b) => string.CompareOrdinal(a.File, b.File));
        rejected.Sort((a, b) => string.CompareOrdinal(a.File, b.File));
        return new FilmFolder(films, rejected, ignored);

        void Walk(DirectoryInfo folder)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A link may lead back up: each real folder is read once.
            if (!visited.Add(folder.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder.FullName)) return;
            FileSystemInfo[] entries;
            try
            {
                entries = folder.GetFileSystemInfos();
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                rejected.Add(new RejectedFilm(Relative(folder) + "/", $"the folder cannot be read: {problem.Message}"));
                return;
            }
            foreach (var entry in entries)
            {
                if (entry.Name.StartsWith('.')) ignored += entry is FileInfo ? 1 : 0;
                else if (entry is DirectoryInfo subfolder) Walk(subfolder);
                else if (NotFilms.Contains(entry.Extension)) ignored++;
                else Take(entry);
            }
        }

        void Take(FileSystemInfo file)
        {
            var name = Relative(file);
            if (FilmPath.TryRead($"{root.Name}/{name}", out var reading, out var problem))
                films.Add(new LabelledFilm(file.FullName, name, reading.Label, reading.Patient));
            else rejected.Add(new RejectedFilm(name, problem));
        }

        string Relative(FileSystemInfo entry) => Path.GetRelativePath(root.FullName, entry.FullName).Replace('\\', '/');
    }
}
