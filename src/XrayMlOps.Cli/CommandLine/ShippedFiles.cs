namespace XrayMlOps.Cli.CommandLine;

/// <summary>JSON files that ship inside the program, found by name from any folder; a person's own are found by their path.</summary>
/// <param name="folder">Inside the program.</param>
/// <param name="noun">What one file is, for messages.</param>
internal sealed class ShippedFiles(string folder, string noun)
{
    private const string Suffix = ".json";

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ShippedFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith($"{folder}/", StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => name[(folder.Length + 1)..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <param name="nameOrFile">One of <see cref="Names"/>, or the path of a file.</param>
    /// <exception cref="CommandFailure">There is neither, or the file cannot be read.</exception>
    public string Read(string nameOrFile)
    {
        if (typeof(ShippedFiles).Assembly.GetManifestResourceStream($"{folder}/{nameOrFile}{Suffix}") is { } resource)
        {
            using var reader = new StreamReader(resource);
            return reader.ReadToEnd();
        }
        if (!File.Exists(nameOrFile))
            throw new CommandFailure(ExitCode.BadInput, $"No {noun} '{nameOrFile}': it is neither a file nor one that ships. Those that ship: {string.Join(", ", Names)}.");
        try
        {
            return File.ReadAllText(nameOrFile);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadInput, $"{nameOrFile} cannot be read: {problem.Message}");
        }
    }
}
