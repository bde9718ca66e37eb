namespace XrayMlOps.ControlPlane;

internal static class ScratchFile
{
    /// <summary>An empty file to write and read back, gone when it is closed.</summary>
    /// <param name="folder">Made if it is not there.</param>
    public static FileStream Create(string folder) => new(
        Path.Combine(Directory.CreateDirectory(folder).FullName, Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16,
        FileOptions.Asynchronous | FileOptions.DeleteOnClose);
}
