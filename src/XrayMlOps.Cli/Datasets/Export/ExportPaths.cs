using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Export;

/// <summary>
/// Where each film of a version goes in an exported tree: a folder a class, and the film's own name made safe on any system. Films of a class
/// whose names are equal (or differ in case alone) get the beginning of their digest too. A function of the version, so an export can be resumed.
/// </summary>
internal static class ExportPaths
{
    private const int LongestStem = 100;
    private const string Unsafe = "<>:\"/\\|?*";

    private static readonly HashSet<string> s_reserved = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(number => new[] { $"COM{number}", $"LPT{number}" })],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Paths relative to the tree's root, in the order of <paramref name="films"/>; each is another, ignoring case.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<ManifestEntry> films)
    {
        var names = films.Select(film => (Folder: film.Label.Name(), Name: SafeName(film.File))).ToArray();
        var shared = names.CountBy(name => $"{name.Folder}/{name.Name}", StringComparer.OrdinalIgnoreCase).Where(count => count.Value > 1)
            .Select(count => count.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        return [.. films.Zip(names, (film, name) =>
        {
            var path = $"{name.Folder}/{name.Name}";
            if (shared.Contains(path)) path = WithDigest(film.Digest[..12]);
            // A film may be called by chance what another becomes.
            if (!taken.Add(path)) taken.Add(path = WithDigest(film.Digest));
            return path;

            string WithDigest(string digest) => $"{name.Folder}/{Path.GetFileNameWithoutExtension(name.Name)}-{digest}{Path.GetExtension(name.Name)}";
        })];
    }

    private static string SafeName(string file)
    {
        var name = new string([.. file[(file.LastIndexOf('/') + 1)..].Select(c => char.IsControl(c) || char.IsSurrogate(c) || Unsafe.Contains(c) ? '_' : c)]).TrimEnd('.', ' ');
        var (stem, ending) = (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name));
        if (ending.Length > 10) (stem, ending) = (name, "");
        if (stem.Length == 0 || stem[0] is '.' or '-' or '~' || s_reserved.Contains(stem.Split('.')[0])) stem = "_" + stem;
        return (stem.Length > LongestStem ? stem[..LongestStem] : stem) + ending;
    }
}
