using System.Security.Cryptography;
using XrayMlOps.ServiceDefaults.Access;

namespace XrayMlOps.Cli.Hosting;

/// <summary>
/// The secret that a data folder's patient keys are made with. Whoever moves the data folder moves it along: without it the same patient would get another key.
/// </summary>
internal static class PseudonymSecret
{
    private const string FileName = "pseudonym.secret";
    private const int Bytes = 32;

    /// <summary>Reads the secret (base64), or makes one where there is none.</summary>
    /// <param name="folder">Owned by this process.</param>
    public static string In(string folder) =>
        OwnerFile.ReadOrMake(Path.Combine(folder, FileName), () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)));
}
