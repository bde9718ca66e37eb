using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>Names a dataset version.</summary>
internal sealed class VersionArgument : Argument<string>
{
    public VersionArgument(string name = "version", string what = "") : base(name) =>
        Description = $"{what}NAME (its latest version), NAME@3, NAME@TAG or NAME@sha256:DIGEST";

    /// <summary>The name of the dataset that a reference names a version of.</summary>
    /// <exception cref="CommandFailure">It is no reference.</exception>
    public static string DatasetOf(string reference) => DatasetReference.TryParse(reference, out var parsed)
        ? parsed.Name
        : throw new CommandFailure(ExitCode.BadInput, $"'{reference}' names no dataset version: give it as {DatasetReference.Forms}.");
}
