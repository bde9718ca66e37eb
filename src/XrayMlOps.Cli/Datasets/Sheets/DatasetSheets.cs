using System.Net;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Imaging.Sheets;

namespace XrayMlOps.Cli.Datasets.Sheets;

/// <param name="File">Absolute.</param>
/// <param name="Films">On it.</param>
internal sealed record WrittenSheet(string File, int Films);

/// <summary>Draws films of a version on contact sheets: a sheet a class, and one for each thing that its quality report flags.</summary>
/// <param name="most">Films of a sheet.</param>
internal sealed class DatasetSheets(RegistryClient client, IAnsiConsole console, TimeProvider time, int most, int columns)
{
    private const int ParallelDownloads = 8;
    private readonly FilmDecoder _decoder = new(ImagingLimits.Default);
    private readonly Patience _patience = new(time);

    /// <exception cref="CommandFailure">The folder cannot be written.</exception>
    public async Task<IReadOnlyList<WrittenSheet>> WriteAsync(string reference, string folder, CancellationToken cancellationToken)
    {
        var version = await client.DatasetAsync(reference, cancellationToken);
        var root = Path.GetFullPath(folder);
        List<WrittenSheet> written = [];
        try
        {
            Directory.CreateDirectory(root);
            foreach (var sheet in await PlanAsync(version, cancellationToken))
            {
                var cells = await ProgressDisplay.ShowAsync(
                    console, time, sheet.Name, progress => FetchAsync(sheet, progress, cancellationToken));
                var file = Path.Combine(root, $"{sheet.Name}.png");
                await File.WriteAllBytesAsync(file, ContactSheet.Render(sheet.Title, cells, columns), cancellationToken);
                written.Add(new WrittenSheet(file, cells.Sum(group => group.Count)));
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Failed, $"{root} cannot be written: {problem.Message}");
        }
        return written;
    }

    private async Task<List<PlannedSheet>> PlanAsync(DatasetVersionResponse version, CancellationToken cancellationToken)
    {
        List<PlannedSheet> sheets = [];
        foreach (var label in ImageLabels.All)
        {
            // Digests are random: the first of them are a fair sample, the same every time.
            var films = await client.FilmsAsync(version.Reference, label, split: null, patient: null, most, cancellationToken).Take(most).ToListAsync(cancellationToken);
            var total = version.Counts.Sum(counts => label switch { ImageLabel.Normal => counts.Normal, ImageLabel.Bacteria => counts.Bacteria, _ => counts.Virus });
            sheets.Add(PlannedSheet.Of(label.Name(), $"{version.Reference}: {films.Count} of {total} {label.Name()} films", films));
        }
        if (await ReportAsync(version, cancellationToken) is { } report) sheets.AddRange(PlannedSheet.Flagged(version.Reference, report, most));
        return [.. sheets.Where(sheet => sheet.Groups.Count > 0)];
    }

    /// <summary>Null if the version has none: it is older than reports.</summary>
    private async Task<QualityReport?> ReportAsync(DatasetVersionResponse version, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ReportAsync(version.Reference, cancellationToken);
        }
        catch (ServerProblem problem) when (problem.Status == HttpStatusCode.NotFound)
        {
            console.MarkupLineInterpolated($"[yellow]No sheet of flagged films:[/] {problem.Message}");
            return null;
        }
    }

    private async Task<IReadOnlyList<IReadOnlyList<SheetCell>>> FetchAsync(PlannedSheet sheet, IProgress<ProgressStep> progress, CancellationToken cancellationToken)
    {
        var pace = new Pace(time);
        var films = sheet.Groups.SelectMany((group, number) => group.Select(film => (Group: number, Film: film))).ToArray();
        var cells = new SheetCell[films.Length];
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelDownloads, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, films.Length, parallel, async (index, cancellation) =>
        {
            var film = films[index].Film;
            using var content = await _patience.RideOutAsync(async () =>
            {
                var bytes = new MemoryStream();
                await client.CopyBlobAsync(film.Digest, bytes, cancellation);
                return bytes;
            }, cancellation);
            cells[index] = SheetCell.Decode(_decoder, content.GetBuffer().AsSpan(0, (int)content.Length), film.Caption, sheet.Tint);
            progress.Report(pace.Step(Interlocked.Increment(ref done), films.Length));
        });
        return [.. films.Zip(cells).GroupBy(pair => pair.First.Group, pair => pair.Second).Select(group => group.ToArray())];
    }
}
