namespace XrayMlOps.Testing;

/// <summary>The real films, where they are at hand: in <c>XRAY_DATA</c>, or in <c>shared/data</c> beside the repository. They are never committed.</summary>
public static class RealFilms
{
    /// <summary>The JPEG files of a folder, such as <c>chest_xray/train/NORMAL</c>, ordered by name; none where the films are not here.</summary>
    public static string[] Find(string folder) =>
        Folder is { } data && Directory.Exists(Path.Combine(data, folder))
            ? [.. Directory.GetFiles(Path.Combine(data, folder), "*.jpeg").Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The folder that holds <c>chest_xray</c> and <c>originals</c>, or null.</summary>
    public static string? Folder { get; } =
        Existing(Environment.GetEnvironmentVariable("XRAY_DATA")) ?? (Repository.Root is { } root ? Existing(Path.Combine(root, "..", "shared", "data")) : null);

    private static string? Existing(string? folder) => Directory.Exists(folder) ? folder : null;
}
