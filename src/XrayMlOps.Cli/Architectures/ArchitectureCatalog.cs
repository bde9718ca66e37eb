using System.Text.Json;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Architectures;

namespace XrayMlOps.Cli.Architectures;

/// <summary>Finds an architecture: one that ships with the program (<c>models/*.json</c>), or a file of the user's.</summary>
internal static class ArchitectureCatalog
{
    /// <summary>The study's network: what is trained where none is named.</summary>
    public const string Default = "model_4";

    private static readonly ShippedFiles s_files = new("models", "architecture");

    /// <summary>Names of those that ship, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => s_files.Names;

    /// <param name="nameOrFile">A name of <see cref="Names"/>, or the path of a <c>.json</c> file.</param>
    /// <exception cref="CommandFailure">There is none, or it is unsound; every problem is named.</exception>
    public static Architecture Find(string nameOrFile)
    {
        var architecture = Parse(s_files.Read(nameOrFile), nameOrFile);
        var problems = LayerTable.Of(architecture).Problems.Concat(architecture.Recipe.Problems()).ToArray();
        return problems is []
            ? architecture
            : throw new CommandFailure(ExitCode.BadInput, $"Architecture {nameOrFile} is unsound:\n  {string.Join("\n  ", problems)}");
    }

    private static Architecture Parse(string json, string source)
    {
        try
        {
            return Architecture.Parse(json);
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException)
        {
            throw new CommandFailure(ExitCode.BadInput, $"{source} is no architecture: {problem.Message}");
        }
    }
}
