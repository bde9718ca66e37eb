namespace XrayMlOps.Testing;

/// <summary>The clone that the tests run in.</summary>
public static class Repository
{
    /// <summary>Its folder, or null if the tests run elsewhere.</summary>
    public static string? Root { get; } = Above("XrayMlOps.sln");

    private static string? Above(string file)
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, file))) at = at.Parent;
        return at?.FullName;
    }
}
