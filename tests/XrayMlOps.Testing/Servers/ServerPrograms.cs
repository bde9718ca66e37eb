using Xunit.Sdk;

namespace XrayMlOps.Testing.Servers;

/// <summary>Finds the programs that tests and benchmarks start.</summary>
public static class ServerPrograms
{
    private const string Required = "XRAY_REQUIRE_SERVERS";

    /// <summary>Path of a program in one of <paramref name="folders"/> or on the <c>PATH</c>, or null.</summary>
    public static string? Find(string name, params IEnumerable<string> folders)
    {
        var path = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return folders.Concat(path).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>Thrown, it skips the test for a server that is not to be had here, or fails it where <c>XRAY_REQUIRE_SERVERS=1</c> says that it must be.</summary>
    public static Exception Missing(string reason) =>
        Environment.GetEnvironmentVariable(Required) == "1" ? new InvalidOperationException($"{Required} is set, but {reason}") : SkipException.ForSkip(reason);
}
