using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>The files of a folder, subfolders included.</summary>
internal static class FilmFolder
{
    /// <summary>Walks <paramref name="directory"/>. The name of the folder itself counts too: <c>train/NORMAL</c> may be pushed alone.</summary>
    public static FilmSource Scan(string directory, CancellationToken cancellationToken)
    {
        var root = new DirectoryInfo(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)));
        List<SourceFile> files = [];
        List<RejectedFilm> rejected = [];
        HashSet<string> visited = [];
        var ignored = 0;
        Walk(root, "");
        files.Sort((a, b) => string.CompareOrdinal(a.Origin.File, b.Origin.File));
        rejected.Sort((a, b) => string.CompareOrdinal(a.File, b.File));
        return new FilmSource(files, rejected, ignored, NameRule.Key);

        void Walk(DirectoryInfo folder, string prefix)
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
                rejected.Add(new RejectedFilm(prefix.Length == 0 ? "./" : prefix, $"the folder cannot be read: {problem.Message}"));
                return;
            }
            foreach (var entry in entries)
            {
                var name = prefix + entry.Name;
                if (FilmName.IsHidden(entry.Name)) ignored += entry is FileInfo ? 1 : 0;
                else if (entry is DirectoryInfo subfolder) Walk(subfolder, name + "/");
                else if (FilmName.IsNoFilm(entry.Name)) ignored++;
                else if (FilmName.TryMakeRelative(name, out var file, out var problem)) files.Add(new SourceFile(entry.FullName, new FilmOrigin(file, root.Name)));
                else rejected.Add(new RejectedFilm(name, problem));
            }
        }
    }
}
