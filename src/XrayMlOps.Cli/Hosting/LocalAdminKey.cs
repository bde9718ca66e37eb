using XrayMlOps.Core.Access;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.Cli.Hosting;

/// <summary>The admin's key of a data folder, which the verbs find there. Deleted, the next <c>xray up</c> makes another, and this one is of no more use.</summary>
internal static class LocalAdminKey
{
    private const string FileName = "admin.key";

    /// <summary>Where the host is told of it.</summary>
    public const string Section = $"{AccessOptions.Section}:Keys:local-admin";

    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>Reads the key, or makes one where there is none.</summary>
    /// <param name="folder">Owned by this process.</param>
    public static string In(string folder) => OwnerFile.ReadOrMake(PathIn(folder), () => ApiKeyText.New(ApiKeyText.NewId()));

    /// <summary>The key of a folder that some process may own; null where there is none, or none that this user may read.</summary>
    public static string? Find(string folder)
    {
        try
        {
            return File.ReadAllText(PathIn(folder)).Trim();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
