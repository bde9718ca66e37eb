using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Cli.Datasets;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Inference;
using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.Cli.Evaluation;

/// <param name="Skipped">Files that could not be scored, with the reason, ordered by path.</param>
internal sealed record FolderScore(EvaluationReport Report, IReadOnlyList<RejectedFilm> Skipped);

/// <summary>Scores every labelled film of a folder on this machine, with the engine that serves requests, on all cores.</summary>
internal sealed class FolderEvaluation(ModelSession session)
{
    private readonly FilmDecoder _decoder = new(ImagingLimits.Default);

    /// <exception cref="CommandFailure">No film could be scored.</exception>
    public async Task<FolderScore> RunAsync(LabelledFilms folder, IProgress<ProgressStep> progress, CancellationToken cancellationToken)
    {
        // A few more files at once than threads, so that one is read while others are scored and the batches fill.
        var atOnce = 4 * Environment.ProcessorCount;
        using var engine = new InferenceEngine(_decoder, new InferenceEngineOptions { QueueLimit = atOnce, LongestWait = TimeSpan.MaxValue });
        var scored = new float[]?[folder.Films.Count];
        var problems = new string?[folder.Films.Count];
        var done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, folder.Films.Count, options, async (index, cancellation) =>
        {
            (scored[index], problems[index]) = await ScoreAsync(engine, folder.Films[index].Path, cancellation);
            var count = Interlocked.Increment(ref done);
            progress.Report(new ProgressStep(count, folder.Films.Count, $"{Figures.Count(count)} of {Figures.Count(folder.Films.Count)} films"));
        });

        var skipped = folder.Rejected
            .Concat(folder.Films.Zip(problems).Where(pair => pair.Second is not null).Select(pair => new RejectedFilm(pair.First.File, pair.Second!)))
            .OrderBy(film => film.File, StringComparer.Ordinal).ToArray();
        var good = folder.Films.Zip(scored).Where(pair => pair.Second is not null).ToArray();
        if (good is []) throw new CommandFailure(ExitCode.BadInput, $"No film could be scored:{RejectedFilms.Lines(skipped)}");

        var patients = good.Select(pair => pair.First.Patient)
            .Distinct(StringComparer.Ordinal).Index().ToDictionary(pair => pair.Item, pair => (long)pair.Index, StringComparer.Ordinal);
        var report = Evaluator.Evaluate(
            good.Select(pair => pair.First.Label).ToArray(),
            good.SelectMany(pair => pair.Second!).ToArray(),
            good.Select(pair => patients[pair.First.Patient]).ToArray());
        return new FolderScore(report, skipped);
    }

    private async Task<(float[]? Probabilities, string? Problem)> ScoreAsync(InferenceEngine engine, string path, CancellationToken cancellationToken)
    {
        try
        {
            if (_decoder.RefuseLength(new FileInfo(path).Length) is { } tooLong) return (null, tooLong.Reason);
            using var work = engine.Rent(session);
            var film = await File.ReadAllBytesAsync(path, cancellationToken);
            return await engine.ScoreAsync(work, film, explains: false, deadline: long.MaxValue, cancellationToken) switch
            {
                FilmOutcome.Scored => (work.Probabilities.ToArray(), null),
                FilmOutcome.Refused => (null, work.Decoded.Reason),
                var outcome => throw new InvalidOperationException($"{path}: the model's answer is no probability distribution ({outcome})."),
            };
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return (null, $"it cannot be read: {problem.Message}");
        }
    }
}
