using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.Inference.Tests.Scheduling;

/// <summary>What awaits a film may go on on the thread that scored it.</summary>
public sealed class ContinuationTests : IDisposable
{
    private readonly ModelSession _session = ModelSession.Load(new TinyModel().ToOnnx());

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_awaits_a_film_on_the_thread_that_scored_it_may_score_another_and_dispose_of_the_engine()
    {
        using var gate = new ManualResetEventSlim();
        using var engine = Engine();
        using var blocking = new BlockedFilm(gate);
        var scoring = Task.Run(() =>
        {
            var awaiting = ScoreTwoAsync();
            gate.Set();
            return awaiting;
        }, CancellationToken);
        Assert.Equal("inference 1", await scoring.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken));

        async Task<string?> ScoreTwoAsync()
        {
            using var first = engine.Rent(_session);
            Assert.Equal(FilmOutcome.Scored, await engine.ScoreAsync(first, blocking.Memory, explains: false, long.MaxValue, CancellationToken));
            var thread = Thread.CurrentThread.Name;
            using var second = engine.Rent(_session);
            second.Film.Span.Clear();
            Assert.Equal(FilmOutcome.Scored, await engine.ScoreAsync(second, explains: false, long.MaxValue, CancellationToken));
            engine.Dispose();
            return thread;
        }
    }

    [Fact]
    public async Task What_awaits_a_film_does_not_count_as_time_in_which_films_are_scored()
    {
        using var engine = Engine();
        using (var gate = new ManualResetEventSlim())
        using (var blocking = new BlockedFilm(gate))
        {
            var scoring = ScoreAndTakeLongAsync(blocking.Memory);
            gate.Set();
            Assert.Equal("inference 1", await scoring);
        }

        await using var thread = await OccupiedThread.OfAsync(engine, _session);
        using var waiting = engine.Rent(_session);
        waiting.Film.Span.Clear();
        var scored = engine.ScoreAsync(waiting, explains: false, long.MaxValue, CancellationToken).AsTask();
        var expected = engine.ExpectedWait;
        thread.LetGo();
        await Task.WhenAll(thread.Scoring, scored);
        Assert.InRange(expected, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(2));

        async Task<string?> ScoreAndTakeLongAsync(ReadOnlyMemory<byte> film)
        {
            using var work = engine.Rent(_session);
            Assert.Equal(FilmOutcome.Scored, await engine.ScoreAsync(work, film, explains: false, long.MaxValue, CancellationToken));
            Thread.Sleep(TimeSpan.FromSeconds(3));
            return Thread.CurrentThread.Name;
        }
    }

    [Fact]
    public async Task What_awaits_a_film_that_the_end_of_the_engine_leaves_unserved_runs_without_the_lock_of_its_queue()
    {
        var engine = Engine();
        await using var thread = await OccupiedThread.OfAsync(engine, _session);
        var closing = Task.Run(() =>
        {
            var awaiting = AskAnotherThreadAsync();
            engine.Dispose();
            return awaiting;
        }, CancellationToken);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => thread.Scoring);
        Assert.True(await closing, "the queue was locked");

        async Task<bool> AskAnotherThreadAsync()
        {
            using var waiting = engine.Rent(_session);
            await Assert.ThrowsAsync<ObjectDisposedException>(
                async () => await engine.ScoreAsync(waiting, TestFilm.Png(1), explains: false, long.MaxValue, CancellationToken));
            var isFree = Task.Run(() => engine.Waiting).Wait(TimeSpan.FromSeconds(10));
            thread.LetGo();
            return isFree;
        }
    }

    public void Dispose() => _session.Dispose();

    private static InferenceEngine Engine() => TestEngine.With(new InferenceEngineOptions { Threads = 1, RunsAtOnce = 1, RunContinuationsAsynchronously = false });
}
