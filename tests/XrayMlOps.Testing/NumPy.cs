using XrayMlOps.Testing.Servers;

namespace XrayMlOps.Testing;

/// <summary>Debian's <c>python3-numpy</c>: what others read our arrays with.</summary>
public static class NumPy
{
    private const string Python = "/usr/bin/python3";

    /// <summary>
    /// Runs a script, with <paramref name="arguments"/> as <c>sys.argv[1:]</c>, and answers what it printed. Skips the test where there is no NumPy,
    /// or fails it where <c>XRAY_REQUIRE_SERVERS=1</c> says that there must be.
    /// </summary>
    public static async Task<string> RunAsync(string script, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        if (!File.Exists(Python)) throw ServerPrograms.Missing($"there is no {Python}: install python3-numpy");
        if (await ServerProcess.RunAsync(Python, ["-c", "import importlib.util as u; print(u.find_spec('numpy') is not None)"], cancellationToken) != "True\n")
            throw ServerPrograms.Missing($"{Python} has no NumPy: install python3-numpy");
        return await ServerProcess.RunAsync(Python, ["-c", script, .. arguments], cancellationToken);
    }
}
