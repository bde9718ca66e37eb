using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core;

namespace XrayMlOps.Cli.Hosting;

/// <summary>The folder in which <c>xray up</c> keeps everything, owned by one process at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    public const string Variable = "XRAY_DATA_DIR";
    private const string LockFile = "server.lock";
    private const string ServerFile = "server.json";

    // The system lets go of it when the process ends, however it ends.
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    public string Path { get; }

    public string RegistryConnection => $"Data Source={System.IO.Path.Combine(Path, "registry.db")}";

    public string Blobs => System.IO.Path.Combine(Path, "blobs");

    public string Scratch => System.IO.Path.Combine(Path, "scratch");

    public string Work => System.IO.Path.Combine(Path, "work");

    public string Models => ModelsOf(Path);

    public static string ModelsOf(string path) => System.IO.Path.Combine(path, "models");

    /// <summary>
    /// The option, else the variable, else <c>xray-mlops</c> among the user's application data (or, without a home, the temporary
    /// files).
    /// </summary>
    public static string Resolve(string? option)
    {
        if (option is { Length: > 0 }) return System.IO.Path.GetFullPath(option);
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable) return System.IO.Path.GetFullPath(variable);
        var perUser = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return System.IO.Path.Combine(perUser.Length > 0 ? perUser : System.IO.Path.GetTempPath(), "xray-mlops");
    }

    /// <summary>Makes the folder if need be, and owns it until disposed.</summary>
    /// <exception cref="CommandFailure">It cannot be written, or another process owns it.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, problem);
        }
        try
        {
            var owned = new DataFolder(
                path, new FileStream(System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            File.Delete(System.IO.Path.Combine(path, ServerFile)); // of one that was killed
            return owned;
        }
        catch (UnauthorizedAccessException problem)
        {
            throw Unusable(path, problem);
        }
        catch (IOException)
        {
            throw new CommandFailure(
                ExitCode.Failed,
                $"The data folder {path} is in use by another xray{Owner(path)}. Stop that one, or give another folder with --data-dir.");
        }
    }

    /// <summary>Notes who serves this folder where, for the message of a second process.</summary>
    public void Announce(Uri address) => File.WriteAllText(
        System.IO.Path.Combine(Path, ServerFile), JsonSerializer.Serialize(new Server(Environment.ProcessId, address), XrayJson.Compact));

    public void Dispose()
    {
        File.Delete(System.IO.Path.Combine(Path, ServerFile));
        _lock.Dispose();
    }

    private static CommandFailure Unusable(string path, Exception problem) =>
        new(ExitCode.BadInput, $"The data folder {path} cannot be used: {problem.Message} Give another with --data-dir or {Variable}.");

    private static string Owner(string path)
    {
        try
        {
            var server = JsonSerializer.Deserialize<Server>(File.ReadAllText(System.IO.Path.Combine(path, ServerFile)), XrayJson.Compact)!;
            return $", process {server.Process} at {server.Address}";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            return ""; // it has not said yet
        }
    }

    private sealed record Server(int Process, Uri Address);
}
