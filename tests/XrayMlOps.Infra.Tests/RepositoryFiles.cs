namespace XrayMlOps.Infra.Tests;

/// <summary>The files that describe the deployment, which tests read where they are.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = Repository.Root ?? throw new InvalidOperationException("These tests run inside a clone only.");

    public static string At(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(At(path));

    /// <summary>Paths from the root.</summary>
    public static IEnumerable<string> Under(string folder, string pattern) =>
        Directory.GetFiles(At(folder), pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal);
}
