using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets.Sources;
using XrayMlOps.Cli.Registry;
using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Cli.Datasets.Push;

/// <summary>
/// Makes a dataset version of films: brings those into the registry that it lacks, and has it make the version. A push that was interrupted,
/// however rudely, goes on where it was when it is run again: what the registry has is not sent again.
/// </summary>
internal sealed class DatasetPush(RegistryClient client, IAnsiConsole console, TimeProvider time)
{
    private const int MostRounds = 5;
    private readonly Patience _patience = new(time);

    /// <param name="path">See <see cref="FilmSource.OpenAsync"/>.</param>
    /// <exception cref="CommandFailure">There is nothing to push, or the push is strict and a film is bad: all are named, and no version is made.</exception>
    public async Task<PushOutcome> RunAsync(string path, PushSettings settings, CancellationToken cancellationToken)
    {
        using var source = await FilmSource.OpenAsync(path, settings.Source, cancellationToken);
        var labelled = LabelledFilms.Read(source, settings.Rule(source));
        var strict = settings.Version.Strict;
        RefuseIfStrict(labelled.Rejected);
        if (labelled.Films is [])
        {
            throw new CommandFailure(
                ExitCode.BadInput, labelled.Rejected is [] ? $"No film is in {path}." : $"No film in {path} can be used:{RejectedFilms.Lines(labelled.Rejected)}");
        }

        var uploads = new FilmUploads(client, _patience, settings.Verify);
        await UploadAsync(uploads, labelled.Films, cancellationToken);
        RejectedFilm[] rejected = [.. labelled.Rejected.Concat(uploads.Rejected).OrderBy(film => film.File, StringComparer.Ordinal)];
        RefuseIfStrict(rejected);

        var (films, duplicates) = await new PatientKeys(client, _patience).DescribeAsync(uploads.Films, cancellationToken);
        if (films.Count == 0) throw new CommandFailure(ExitCode.BadInput, $"No film in {path} can be used:{RejectedFilms.Lines(rejected)}");
        var request = settings.Version with { Films = films, Rejected = Tellable(rejected, source) };
        var completed = await PublishAsync(settings.Name, request, uploads, cancellationToken);
        return new PushOutcome(
            completed.Version, completed.Created, FilmCounts.Of(labelled.Films),
            [.. rejected.Concat(completed.Rejected).Distinct().OrderBy(film => film.File, StringComparer.Ordinal)], [.. duplicates, .. completed.Duplicates],
            source.Ignored, uploads.Uploaded);

        void RefuseIfStrict(IReadOnlyList<RejectedFilm> bad)
        {
            if (strict && bad.Count > 0) throw new CommandFailure(ExitCode.BadInput, $"Nothing was pushed, for --strict was given:{RejectedFilms.Lines(bad)}");
        }
    }

    /// <summary>Has the server make a version, and waits for it.</summary>
    /// <exception cref="CommandFailure">The server refuses; the reasons are named.</exception>
    public Task<PushCompleted> PublishAsync(string name, PushRequest request, CancellationToken cancellationToken) =>
        PublishAsync(name, request, uploads: null, cancellationToken);

    /// <summary>Those that the version's report may name: no DICOM file, for its path may say who it shows.</summary>
    private static RejectedFilm[] Tellable(IReadOnlyList<RejectedFilm> rejected, FilmSource source)
    {
        var paths = source.Files.ToDictionary(file => file.Origin.File, file => file.Path, StringComparer.Ordinal);
        return [.. rejected.Where(film => FilmName.IsPicture(film.File) && !paths.ContainsKey(film.File)
            || paths.TryGetValue(film.File, out var path) && !HashedFilm.IsSecret(path, film.File))];
    }

    private Task<int> UploadAsync(FilmUploads uploads, IReadOnlyList<LabelledFilm> films, CancellationToken cancellationToken) =>
        ProgressDisplay.ShowAsync(console, time, "Uploading", async progress =>
        {
            var pace = new Pace(time);
            await uploads.RunAsync(films, (done, bytes) => progress.Report(pace.Step(done, films.Count, bytes)), cancellationToken);
            return uploads.Uploaded;
        });

    private async Task<PushCompleted> PublishAsync(string name, PushRequest request, FilmUploads? uploads, CancellationToken cancellationToken)
    {
        var answer = await ProgressDisplay.ShowAsync(console, time, "Making the version", async progress =>
        {
            var pace = new Pace(time);
            for (var round = 1; ; round++)
            {
                try
                {
                    return await _patience.RideOutAsync(
                        () => client.PushAsync(name, request, step => progress.Report(pace.Step(step.Done, step.Total)), cancellationToken), cancellationToken);
                }
                catch (ServerProblem problem) when (uploads is not null && problem.Missing.Count > 0 && round < MostRounds)
                {
                    // The registry lost them since it was asked, or its blob store did.
                    await uploads.UploadAsync(problem.Missing, cancellationToken);
                }
            }
        });
        return answer as PushCompleted
            ?? throw new CommandFailure(ExitCode.BadInput, ((PushRefused)answer).Reason + RejectedFilms.Lines(((PushRefused)answer).Rejected));
    }
}
