using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.Inference.Tests.Scheduling;

/// <summary>Holds a thread of an engine, in a film that it decodes, until it is let go.</summary>
internal sealed class OccupiedThread : IAsyncDisposable
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly BlockedFilm _film;
    private readonly FilmWork _work;

    private OccupiedThread(InferenceEngine engine, ModelSession session)
    {
        (_film, _work) = (new BlockedFilm(_gate), engine.Rent(session));
        Scoring = engine.ScoreAsync(_work, _film.Memory, explains: false, long.MaxValue, TestContext.Current.CancellationToken).AsTask();
    }

    /// <summary>Of the film that holds it.</summary>
    public Task<FilmOutcome> Scoring { get; }

    /// <summary>Returns when a thread is held.</summary>
    public static async Task<OccupiedThread> OfAsync(InferenceEngine engine, ModelSession session)
    {
        OccupiedThread occupied = new(engine, session);
        await occupied._film.Entered.WaitAsync(TestContext.Current.CancellationToken);
        return occupied;
    }

    public void LetGo() => _gate.Set();

    public async ValueTask DisposeAsync()
    {
        LetGo();
        await Task.WhenAny(Scoring); // however it ends
        _work.Dispose();
        _gate.Dispose();
    }
}
