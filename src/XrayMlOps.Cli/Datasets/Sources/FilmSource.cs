using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Datasets.Rules;

namespace XrayMlOps.Cli.Datasets.Sources;

/// <summary>A file that may be a film.</summary>
/// <param name="Path">Where its bytes are.</param>
internal sealed record SourceFile(string Path, FilmOrigin Origin);

/// <summary>Files to be pushed: of a folder, an archive (unpacked until this is disposed) or a table.</summary>
/// <param name="Files">Ordered by <see cref="FilmOrigin.File"/>, each of them once.</param>
/// <param name="Rejected">What cannot be used, each with the reason.</param>
/// <param name="Ignored">How many files were passed over: hidden ones, and those that are obviously not films.</param>
/// <param name="Rule">The rule that suits, if none is asked for.</param>
internal sealed record FilmSource(IReadOnlyList<SourceFile> Files, IReadOnlyList<RejectedFilm> Rejected, int Ignored, string Rule) : IDisposable
{
    private static readonly string[] s_archives = [".zip", ".tar", ".tar.gz", ".tgz"];

    /// <summary>Removed with the source.</summary>
    public DirectoryInfo? Unpacked { get; init; }

    /// <exception cref="CommandFailure">There is nothing at <paramref name="path"/>, or nothing that can be read.</exception>
    public static async Task<FilmSource> OpenAsync(string path, SourceSettings settings, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) return FilmFolder.Scan(path, cancellationToken);
        if (!File.Exists(path)) throw new CommandFailure(ExitCode.BadInput, $"There is no folder or file {path}.");
        try
        {
            if (s_archives.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
                return await FilmArchive.UnpackAsync(path, settings.Limits, cancellationToken);
            if (path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) return FilmTable.Read(path, settings.Columns, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.BadInput, $"{path} cannot be read: {problem.Message}");
        }
        throw new CommandFailure(
            ExitCode.BadInput, $"{path} is neither a folder nor an archive ({string.Join(", ", s_archives)}) nor a table (.csv) of films.");
    }

    public void Dispose() => Unpacked?.Delete(recursive: true);
}

/// <param name="Columns">For a table.</param>
/// <param name="Limits">For an archive.</param>
internal sealed record SourceSettings(TableColumns Columns, ArchiveLimits Limits)
{
    public static SourceSettings Default { get; } = new(new TableColumns(), new ArchiveLimits());
}
