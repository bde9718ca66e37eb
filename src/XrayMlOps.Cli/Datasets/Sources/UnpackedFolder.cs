using System.Diagnostics;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>Where an archive is unpacked: a folder for temporary files that names the process it belongs to.</summary>
internal static class UnpackedFolder
{
    // Containers may share the folder for temporary files, and not know each other's processes.
    private static readonly string s_prefix = $"xray-unpacked-{Environment.MachineName}-";

    /// <summary>Makes one, after removing those of processes that were killed before they could.</summary>
    public static DirectoryInfo Create()
    {
        foreach (var folder in new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories(s_prefix + "*"))
        {
            if (IsAbandoned(folder)) Remove(folder);
        }
        return Directory.CreateTempSubdirectory($"{s_prefix}{Environment.ProcessId}-");
    }

    private static bool IsAbandoned(DirectoryInfo folder)
    {
        if (!int.TryParse(folder.Name[s_prefix.Length..].Split('-')[0], out var id)) return false;
        try
        {
            using var owner = Process.GetProcessById(id);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Another user's, or another push removes it too: no reason to refuse this one.
        }
    }
}
