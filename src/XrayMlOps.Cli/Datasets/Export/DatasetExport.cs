using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Export;

/// <param name="Written">Films that were fetched.</param>
/// <param name="Kept">Films that were there already, with the right bytes.</param>
/// <param name="Manifest">The manifest's file.</param>
internal sealed record ExportOutcome(DatasetVersionResponse Version, string Folder, int Written, int Kept, string Manifest);

/// <summary>Writes a version's films, byte by byte as they were pushed, into a tree with a folder a class. Run again, it goes on where it was.</summary>
internal sealed class DatasetExport(RegistryClient client, IAnsiConsole console, TimeProvider time)
{
    private const int ParallelDownloads = 8;
    private readonly Patience _patience = new(time);

    /// <exception cref="CommandFailure">The folder cannot be written, or a film arrives damaged.</exception>
    public async Task<ExportOutcome> RunAsync(string reference, string folder, ManifestFormat format, CancellationToken cancellationToken)
    {
        var version = await client.DatasetAsync(reference, cancellationToken);
        var films = await client.ManifestAsync(version.Reference, cancellationToken);
        var paths = ExportPaths.Of(films);
        var root = Path.GetFullPath(folder);
        try
        {
            foreach (var label in films.Select(film => film.Label).Distinct()) Directory.CreateDirectory(Path.Combine(root, label.Name()));
            var written = await ProgressDisplay.ShowAsync(
                console, time, "Exporting", progress => WriteAsync(films, paths, root, progress, cancellationToken));
            var manifest = await ManifestFile.WriteAsync(root, films, format, cancellationToken);
            return new ExportOutcome(version, root, written, films.Count - written, manifest);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"{root} cannot be written: {problem.Message}");
        }
    }

    private async Task<int> WriteAsync(
        IReadOnlyList<ManifestEntry> films, IReadOnlyList<string> paths, string root, IProgress<ProgressStep> progress, CancellationToken cancellationToken)
    {
        var pace = new Pace(time);
        var (done, written, bytes) = (0, 0, 0L);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelDownloads, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, films.Count, parallel, async (index, cancellation) =>
        {
            var (film, path) = (films[index], Path.Combine(root, paths[index]));
            if (!await IsThereAsync(path, film, cancellation))
            {
                await _patience.RideOutAsync(() => FetchAsync(film, path, cancellation), cancellation);
                Interlocked.Increment(ref written);
            }
            progress.Report(pace.Step(Interlocked.Increment(ref done), films.Count, Interlocked.Add(ref bytes, film.Bytes)));
        });
        return written;
    }

    private static async Task<bool> IsThereAsync(string path, ManifestEntry film, CancellationToken cancellationToken)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != film.Bytes) return false;
        await using var content = File.OpenRead(path);
        return await Digest.OfAsync(content, cancellationToken) == film.Digest;
    }

    /// <summary>A film appears under its name whole or not at all.</summary>
    private async Task<string> FetchAsync(ManifestEntry film, string path, CancellationToken cancellationToken)
    {
        var partial = Path.Combine(Path.GetDirectoryName(path)!, $".{film.Digest}.partial");
        try
        {
            await using (var content = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite))
            {
                await client.CopyBlobAsync(film.Digest, content, cancellationToken);
                content.Position = 0;
                if (await Digest.OfAsync(content, cancellationToken) != film.Digest)
                    throw new CommandFailure(ExitCode.Failed, $"{film.File} arrived damaged: its bytes are not sha256:{film.Digest}. Run the export again.");
            }
            File.Move(partial, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
