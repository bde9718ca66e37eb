using System.Security.Cryptography;

namespace XrayMlOps.Cli.Hosting;

/// <summary>
/// The secret that a data folder's patient keys are made with, in a file that only its owner can read. Whoever moves the data folder moves it along:
/// without it the same patient would get another key.
/// </summary>
internal static class PseudonymSecret
{
    private const string FileName = "pseudonym.secret";
    private const int Bytes = 32;

    /// <summary>Reads the secret (base64), or makes one where there is none.</summary>
    /// <param name="folder">Owned by this process.</param>
    public static string In(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path)) return File.ReadAllText(path).Trim();

        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));
        var temporary = path + ".new";
        File.Delete(temporary);
        var ownerOnly = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) ownerOnly.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, ownerOnly))
        {
            using (var text = new StreamWriter(file, leaveOpen: true)) text.WriteLine(secret);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path); // whole or not at all: it can never be made again
        return secret;
    }
}
