using System.Text.Json;
using XrayMlOps.Cli.Architectures;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Cli.Sweeps;

/// <summary>Finds a sweep: one that ships with the program (<c>models/sweeps/*.json</c>), or a file of the user's.</summary>
internal static class SweepCatalog
{
    private static readonly ShippedFiles s_files = new("sweeps", "sweep");

    /// <summary>Names of those that ship, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => s_files.Names;

    /// <param name="nameOrFile">A name of <see cref="Names"/>, or the path of a <c>.json</c> file; networks that are files are named from its folder.</param>
    /// <exception cref="CommandFailure">There is none, or it is no sweep. What it says may be unsound still.</exception>
    public static ReadSweep Find(string nameOrFile)
    {
        var json = s_files.Read(nameOrFile);
        var folder = Names.Contains(nameOrFile) ? "" : Path.GetDirectoryName(nameOrFile) ?? "";
        try
        {
            return SweepFile.Parse(json, FindArchitecture);
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            throw new CommandFailure(ExitCode.BadInput, $"{nameOrFile} is no sweep: {problem.Message}");
        }

        Architecture FindArchitecture(string name) => ArchitectureCatalog.Find(ArchitectureCatalog.Names.Contains(name) ? name : Path.Combine(folder, name));
    }
}
