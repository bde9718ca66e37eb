using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Models;

namespace XrayMlOps.Cli.Models;

/// <summary>Reads the model references that people type.</summary>
internal static class ModelReferences
{
    public const string Forms = "NAME (its champion), NAME@ALIAS or NAME:VERSION";

    /// <exception cref="CommandFailure"><paramref name="text"/> is none.</exception>
    public static ModelReference Parse(string text) => ModelReference.TryParse(text, out var reference)
        ? reference
        : throw new CommandFailure(ExitCode.BadInput, $"'{text}' names no model: give {Forms}.");

    /// <exception cref="CommandFailure"><paramref name="text"/> does not name one version.</exception>
    public static ModelReference ParseVersion(string text) => Parse(text) is { Version: not null } reference
        ? reference
        : throw new CommandFailure(ExitCode.BadInput, $"'{text}' names no version of a model: give NAME:VERSION.");
}
