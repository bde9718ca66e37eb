using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using XrayMlOps.Inference;
using XrayMlOps.Inference.Scheduling;
using XrayMlOps.InferenceApi.Models;
using XrayMlOps.InferenceApi.Predictions;

namespace XrayMlOps.InferenceApi.OpenInference;

/// <summary>What both transports of the Open Inference Protocol do alike. Each method throws <see cref="InferException"/> if it cannot.</summary>
internal sealed class OpenInferenceScorer(
    ServedModels models, InferenceEngine engine, PredictionRecorder recorder, InferenceTelemetry telemetry, IOptions<InferenceOptions> options)
{
    /// <summary>Leases a model.</summary>
    /// <param name="name">Its name, for the champion, or a whole reference such as <c>chest-xray@challenger</c>.</param>
    /// <param name="version">Empty: the champion, or what <paramref name="name"/> says.</param>
    public async ValueTask<ModelLease> AcquireAsync(string name, string? version, CancellationToken cancellationToken)
    {
        var acquired = await models.AcquireAsync(string.IsNullOrEmpty(version) ? name : $"{name}:{version}", cancellationToken);
        if (acquired.IsThere) return acquired.Lease;
        throw acquired.Absence switch
        {
            ModelAbsence.Misnamed => InferException.Bad(acquired.Reason),
            ModelAbsence.Missing => new InferException(StatusCodes.Status404NotFound, acquired.Reason),
            _ => new InferException(StatusCodes.Status503ServiceUnavailable, acquired.Reason, retryAfter: 5),
        };
    }

    /// <summary>Turns a request away before its tensors are received, if it would be turned away then.</summary>
    public void RequireRoom()
    {
        if (engine.IsFull) throw Busy();
    }

    /// <summary>Takes the buffers for the films that a request describes.</summary>
    public InferFilms Rent(ModelLease lease, InferRequest request)
    {
        if (request.Explains && lease.Session.Explanation is null)
            throw InferException.Bad($"{lease.Model.Name}:{lease.Model.Version} has no output '{OutputTensors.Name(OutputKind.ClassActivation)}': an earlier build exported it.");
        var (input, count) = request.Films(lease.Session.Preprocessing, options.Value.MaxFilms);
        return new InferFilms(engine, lease.Session, input, count);
    }

    /// <summary>Scores films and writes them to the log; all or none are answered.</summary>
    /// <param name="arrived">When the request did, by <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="deadline">After which the answer is of no use; <see cref="long.MaxValue"/>: as the request says.</param>
    public async ValueTask<IReadOnlyList<ScoredFilm>> ScoreAsync(
        ModelLease lease, InferRequest request, InferFilms films, long arrived, long deadline, CancellationToken cancellationToken)
    {
        if (request.Timeout is { } timeout && timeout > TimeSpan.Zero)
            deadline = Math.Min(deadline, arrived + (long)(timeout.TotalSeconds * Stopwatch.Frequency));
        using var activity = telemetry.Source.StartActivity("infer");
        activity?.SetTag("xray.model", string.Create(CultureInfo.InvariantCulture, $"{lease.Model.Name}:{lease.Model.Version}"));
        var count = films.Works.Count;
        var scoring = new ValueTask<FilmOutcome>[count];
        for (var film = 0; film < count; film++) scoring[film] = films.ScoreAsync(film, engine, request.Explains, deadline, cancellationToken);
        await AllAsync(scoring, films);

        var total = Stopwatch.GetElapsedTime(arrived);
        var spec = lease.Session.Preprocessing;
        var scored = new ScoredFilm[count];
        for (var film = 0; film < count; film++)
        {
            var work = films.Works[film];
            var (width, height) = films.IsEncoded ? (work.Decoded.Info.Width, work.Decoded.Info.Height) : (spec.Width, spec.Height);
            scored[film] = new ScoredFilm(work, recorder.Record(lease.Model, work, films.DigestOf(film), width, height, total));
        }
        return scored;
    }

    /// <summary>Waits for every film, even if one has failed: the engine uses the buffers until then.</summary>
    private async ValueTask AllAsync(ValueTask<FilmOutcome>[] scoring, InferFilms films)
    {
        Exception? failure = null;
        for (var film = 0; film < scoring.Length; film++)
        {
            try
            {
                var problem = ProblemOf(await scoring[film], film, films);
                failure ??= problem;
            }
            catch (Exception failed)
            {
                failure ??= failed;
            }
        }
        if (failure is not null) throw failure;
    }

    private InferException? ProblemOf(FilmOutcome outcome, int film, InferFilms films)
    {
        switch (outcome)
        {
            case FilmOutcome.Scored:
                return null;
            case FilmOutcome.Refused:
                var refused = films.Works[film].Decoded;
                telemetry.FilmRefused(refused.Rejection);
                return new InferException(StatusCodes.Status422UnprocessableEntity, $"Film {film + 1} cannot be read: {refused.Reason}.");
            case FilmOutcome.Undefined:
                return new InferException(
                    StatusCodes.Status422UnprocessableEntity, $"The network's answer for film {film + 1} is not a number: its values must be finite, 0 (black) to 1 (white).");
            default:
                telemetry.Busy();
                return Busy();
        }
    }

    private InferException Busy() => new(
        StatusCodes.Status503ServiceUnavailable, "Too many films are waiting for this one to be answered in time. Send it again a little later, or fewer at once.",
        PredictionProblem.RetryAfter(engine.ExpectedWait));
}
