using System.Collections.Concurrent;
using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Blobs;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets;

/// <summary>What came of a push.</summary>
/// <param name="Found">Films of each class in the folder, exact duplicates and what cannot be read included.</param>
/// <param name="Rejected">Files that are not in the version, whoever refused them: their path, this machine, or the server's decoder.</param>
/// <param name="Ignored">See <see cref="FilmFolder"/>.</param>
internal sealed record PushOutcome(
    DatasetVersionResponse Version, bool Created, FilmCounts Found, IReadOnlyList<RejectedFilm> Rejected, IReadOnlyList<DuplicateFilm> Duplicates, int Ignored, int Uploaded);

/// <summary>Makes a dataset version of a folder: hashes its films, uploads those that the server lacks, and has it make the version.</summary>
internal sealed class DatasetPush(RegistryClient client, IAnsiConsole console, TimeProvider time)
{
    private const int DigestsPerQuestion = 1000;
    private const int ParallelUploads = 4;

    /// <exception cref="CommandFailure">There is nothing to push, or <paramref name="strict"/> and a film is bad: all are named, and no version is made.</exception>
    public async Task<PushOutcome> RunAsync(string directory, string name, SplitRule? split, bool strict, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory)) throw new CommandFailure(ExitCode.BadInput, $"There is no folder {directory}.");
        var folder = FilmFolder.Scan(directory, cancellationToken);
        if (folder.Films.Count == 0)
        {
            throw new CommandFailure(ExitCode.BadInput, folder.Rejected is []
                ? $"No film is in {directory}."
                : $"No film in {directory} can be used:{RejectedFilms.Lines(folder.Rejected)}");
        }
        var rejected = new ConcurrentBag<RejectedFilm>(folder.Rejected);
        RefuseIfStrict();

        var digests = await HashAsync(folder.Films, rejected, cancellationToken);
        RefuseIfStrict();
        var uploaded = await UploadAsync(digests, rejected, cancellationToken);
        RefuseIfStrict();

        var bad = rejected.Select(film => film.File).ToHashSet(StringComparer.Ordinal);
        var films = digests.Where(pair => !bad.Contains(pair.Key.File))
            .Select(pair => new PushedFilm(pair.Key.File, pair.Value, pair.Key.Label, pair.Key.Patient))
            .OrderBy(film => film.File, StringComparer.Ordinal).ToArray();
        if (films is []) throw new CommandFailure(ExitCode.BadInput, $"No film in {directory} can be used:{RejectedFilms.Lines([.. rejected])}");

        var push = new PushRequest(films, split, strict);
        var answer = await ProgressDisplay.ShowAsync(console, time, "Decoding", progress => client.PushAsync(
            name, push, step => progress.Report(Step(step.Done, step.Total, "film")), cancellationToken));
        if (answer is PushRefused refused) throw new CommandFailure(ExitCode.BadInput, refused.Reason + RejectedFilms.Lines(refused.Rejected));
        var completed = (PushCompleted)answer;
        return new PushOutcome(
            completed.Version, completed.Created, FilmCounts.Of(folder.Films),
            [.. rejected.Concat(completed.Rejected).OrderBy(film => film.File, StringComparer.Ordinal)], completed.Duplicates,
            folder.Ignored, uploaded);

        void RefuseIfStrict()
        {
            if (strict && !rejected.IsEmpty)
                throw new CommandFailure(ExitCode.BadInput, $"Nothing was pushed, for --strict was given:{RejectedFilms.Lines([.. rejected])}");
        }
    }

    private Task<ConcurrentDictionary<LabelledFilm, string>> HashAsync(
        IReadOnlyList<LabelledFilm> films, ConcurrentBag<RejectedFilm> rejected, CancellationToken cancellationToken) =>
        ProgressDisplay.ShowAsync(console, time, "Reading", async progress =>
        {
            ConcurrentDictionary<LabelledFilm, string> digests = new();
            var done = 0;
            await Parallel.ForEachAsync(films, cancellationToken, async (film, cancellation) =>
            {
                if (await TryReadAsync(film, rejected, content => Digest.OfAsync(content, cancellation)) is { } digest) digests[film] = digest;
                var count = Interlocked.Increment(ref done);
                progress.Report(Step(count, films.Count, "file"));
            });
            return digests;
        });

    private Task<int> UploadAsync(
        IReadOnlyDictionary<LabelledFilm, string> digests, ConcurrentBag<RejectedFilm> rejected, CancellationToken cancellationToken) =>
        ProgressDisplay.ShowAsync(console, time, "Uploading", async progress =>
        {
            HashSet<string> missing = [];
            foreach (var chunk in digests.Values.Distinct().Chunk(DigestsPerQuestion))
                missing.UnionWith(await client.MissingBlobsAsync(chunk, cancellationToken));
            // Files with equal bytes are uploaded once.
            var uploads = digests.Where(pair => missing.Contains(pair.Value)).DistinctBy(pair => pair.Value).ToArray();
            var done = 0;
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelUploads, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(uploads, parallel, async (upload, cancellation) =>
            {
                await TryReadAsync(upload.Key, rejected, async content =>
                {
                    await client.PutBlobAsync(upload.Value, content, cancellation);
                    return upload.Value;
                });
                var count = Interlocked.Increment(ref done);
                progress.Report(Step(count, uploads.Length, "new file"));
            });
            return uploads.Length;
        });

    private static ProgressStep Step(int done, int total, string noun) => new(done, total, $"{Figures.Count(done)} of {Figures.Count(total, noun)}");

    /// <summary>Opens a film and uses it; a film that cannot be read, or that the server will not take, is rejected and answers null.</summary>
    private static async Task<string?> TryReadAsync(LabelledFilm film, ConcurrentBag<RejectedFilm> rejected, Func<Stream, Task<string>> use)
    {
        try
        {
            await using var content = File.OpenRead(film.Path);
            return await use(content);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            rejected.Add(new RejectedFilm(film.File, $"it cannot be read: {problem.Message}"));
        }
        catch (ServerProblem problem) when (problem.ExitCode == ExitCode.BadInput)
        {
            rejected.Add(new RejectedFilm(film.File, problem.Message));
        }
        return null;
    }
}
