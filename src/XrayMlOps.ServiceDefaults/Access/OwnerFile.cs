namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>A file that only its owner can read.</summary>
public static class OwnerFile
{
    /// <summary>Reads a secret, or makes one where there is none.</summary>
    /// <param name="path">In a folder that is owned by this process.</param>
    public static string ReadOrMake(string path, Func<string> make)
    {
        if (File.Exists(path)) return File.ReadAllText(path).Trim();
        var secret = make();
        Write(path, secret + Environment.NewLine);
        return secret;
    }

    /// <summary>Writes the file whole or not at all, in place of one that is there.</summary>
    public static void Write(string path, string text)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var ownerOnly = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) ownerOnly.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, ownerOnly))
        {
            using (var writer = new StreamWriter(file, leaveOpen: true)) writer.Write(text);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }
}
