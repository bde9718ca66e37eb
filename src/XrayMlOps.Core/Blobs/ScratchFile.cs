namespace XrayMlOps.Core.Blobs;

public static class ScratchFile
{
    /// <summary>
    /// An empty file to write and read back, such as a blob before it is stored. It goes when it is closed, or with the process, however that ends.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    public static FileStream Create(string folder)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, $"{Guid.NewGuid():N}.scratch");
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16,
            FileOptions.Asynchronous | FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows()) File.Delete(path); // Windows removes it even if the process is killed; here only a nameless file goes then
        return file;
    }
}
