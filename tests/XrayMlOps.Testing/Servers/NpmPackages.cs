using System.ComponentModel;

namespace XrayMlOps.Testing.Servers;

/// <summary>Programs from npm, installed once into a folder of the repository's <c>artifacts</c>.</summary>
public static class NpmPackages
{
    /// <summary>
    /// Answers the folder that holds their <c>node_modules</c>. Skips the test, or fails it where <c>XRAY_REQUIRE_SERVERS=1</c> says that they must be
    /// there, if they neither are nor can be installed. Their install scripts, which would download more, are not run.
    /// </summary>
    /// <param name="folder">Its name below <c>artifacts</c>.</param>
    /// <param name="packages">Each as <c>name@version</c>.</param>
    public static async Task<string> InstallAsync(string folder, IEnumerable<string> packages, CancellationToken cancellationToken)
    {
        if (Repository.Root is not { } root) throw ServerPrograms.Missing($"this is not a clone to install {folder} into.");
        var installed = Path.Combine(root, "artifacts", folder);
        if (Directory.Exists(installed)) return installed;
        if (ServerPrograms.Find("npm") is not { } npm) throw ServerPrograms.Missing($"npm, which would install {folder}, is not on the PATH.");
        try
        {
            await InstallAsync(npm, installed, packages, cancellationToken);
        }
        catch (Win32Exception problem)
        {
            throw ServerPrograms.Missing($"{folder} cannot be installed: {problem.Message}");
        }
        return installed;
    }

    /// <summary>Installs under another name and renames, so that an installation that is cut short is not taken for a whole one.</summary>
    private static async Task InstallAsync(string npm, string installed, IEnumerable<string> packages, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(installed)!);
        await using var alone = await LockAsync($"{installed}.lock", cancellationToken);
        if (Directory.Exists(installed)) return; // by another process, meanwhile
        var unfinished = $"{installed}.unfinished";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        string[] arguments = ["install", .. packages, "--prefix", unfinished, "--no-save", "--package-lock=false", "--ignore-scripts", "--no-audit", "--no-fund"];
        await ServerProcess.RunAsync(npm, arguments, cancellationToken);
        Directory.Move(unfinished, installed);
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(200, cancellationToken);
            }
        }
    }
}
