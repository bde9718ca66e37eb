using System.Diagnostics;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Models;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.Inference.Tests.Scheduling;

public sealed class InferenceEngineTests : IDisposable
{
    private static readonly TinyModel s_model = new() { Weights = [4f, 0f, -4f], Bias = [-2f, 0.5f, 2f] };

    private readonly ModelSession _session = ModelSession.Load(s_model.ToOnnx());
    private readonly InferenceEngine _engine = TestEngine.With(new InferenceEngineOptions { Threads = 2, RunsAtOnce = 2 });

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, ImageLabel.Virus)]
    [InlineData(128, ImageLabel.Bacteria)]
    [InlineData(255, ImageLabel.Normal)]
    public async Task ScoreAsync_film_equals_the_direct_computation(byte gray, ImageLabel label)
    {
        using var work = _engine.Rent(_session);
        Assert.Equal(FilmOutcome.Scored, await _engine.ScoreAsync(work, TestFilm.Png(gray), explains: false, long.MaxValue, CancellationToken));
        Assert.Equal(label, work.Label);
        Assert.Equal(new FilmInfo(FilmFormat.Png, 96, 64), work.Decoded.Info);
        Assert.Equal(1, work.Batch);
        foreach (var (expected, actual) in s_model.Expected(gray / 255.0).Zip(work.Probabilities.ToArray())) Assert.Equal(expected, actual, 1e-5);
    }

    [Fact]
    public async Task ScoreAsync_tensor_equals_the_encoded_film()
    {
        using var work = _engine.Rent(_session);
        work.Film.Span.Fill(77 / 255f);
        Assert.Equal(FilmOutcome.Scored, await _engine.ScoreAsync(work, explains: false, long.MaxValue, CancellationToken));
        Assert.Equal(s_model.Expected(77 / 255.0)[1], work.Probabilities.Span[1], 1e-5);
    }

    [Fact]
    public async Task ScoreAsync_truncated_film_says_why()
    {
        using var work = _engine.Rent(_session);
        Assert.Equal(FilmOutcome.Refused, await _engine.ScoreAsync(work, TestFilm.Jpeg().AsMemory()[..^40], explains: false, long.MaxValue, CancellationToken));
        Assert.Equal(FilmRejection.Truncated, work.Decoded.Rejection);
    }

    [Fact]
    public async Task ScoreAsync_tensor_without_numbers_is_undefined_and_the_engine_goes_on()
    {
        using var work = _engine.Rent(_session);
        work.Film.Span.Fill(float.NaN);
        Assert.Equal(FilmOutcome.Undefined, await _engine.ScoreAsync(work, explains: false, long.MaxValue, CancellationToken));
        await ScoreAsync_tensor_equals_the_encoded_film();
    }

    [Fact]
    public async Task ScoreAsync_given_up_or_late_computes_nothing()
    {
        using var givenUp = _engine.Rent(_session);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _engine.ScoreAsync(givenUp, TestFilm.Jpeg(), explains: false, long.MaxValue, new CancellationToken(canceled: true)));
        using var late = _engine.Rent(_session);
        Assert.Contains(
            await _engine.ScoreAsync(late, TestFilm.Jpeg(), explains: false, Stopwatch.GetTimestamp() - Stopwatch.Frequency, CancellationToken),
            (FilmOutcome[])[FilmOutcome.Expired, FilmOutcome.Busy]);
        Assert.Equal(0, late.Batch);
    }

    [Fact]
    public async Task ScoreAsync_explained_by_a_model_that_cannot_fails_that_film_alone()
    {
        using var work = _engine.Rent(_session);
        work.Film.Span.Clear();
        await Assert.ThrowsAsync<NotSupportedException>(async () => await _engine.ScoreAsync(work, explains: true, long.MaxValue, CancellationToken));
        await ScoreAsync_tensor_equals_the_encoded_film();
    }

    [Fact]
    public async Task ScoreAsync_explained_gives_each_film_of_a_batch_its_own_map_beside_the_same_answer()
    {
        using var session = ModelSession.Load((s_model with { Explains = true }).ToOnnx());
        Assert.Equal(ModelMetadata.ClassActivationMap, session.Explanation);
        using var engine = TestEngine.With(new InferenceEngineOptions { Threads = 1, RunsAtOnce = 1, WaitsForBatch = true, BatchDelay = TimeSpan.FromMilliseconds(200), MaxBatch = 4 });
        await Parallel.ForAsync(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6, CancellationToken = CancellationToken }, async (number, cancellationToken) =>
        {
            using var work = engine.Rent(session);
            var gray = (number + 1) / 10f;
            work.Film.Span.Fill(gray);
            var explains = number % 3 != 0;
            Assert.Equal(FilmOutcome.Scored, await engine.ScoreAsync(work, explains, long.MaxValue, cancellationToken));
            Assert.Equal(s_model.Expected(gray)[2], work.Probabilities.Span[2], 1e-5);
            if (!explains)
            {
                Assert.Null(work.Activation);
                return;
            }
            Assert.Equal((4, 6), (work.Activation!.Height, work.Activation.Width));
            Assert.All(work.Activation.Of(0, ImageLabel.Normal).ToArray(), value => Assert.Equal(4 * gray, value, 1e-4));
            Assert.All(work.Activation.Of(0, ImageLabel.Virus).ToArray(), value => Assert.Equal(0, value));
        });
    }

    [Fact]
    public async Task ScoreAsync_of_two_models_from_many_threads_gives_each_film_its_own_answer()
    {
        var other = new TinyModel { Weights = [-1f, 3f, 0f] };
        using var otherSession = ModelSession.Load(other.ToOnnx());
        using var engine = TestEngine.With(new InferenceEngineOptions { Threads = 3, RunsAtOnce = 3, MaxBatch = 4, QueueLimit = 1_000, LongestWait = TimeSpan.MaxValue });
        var largest = 0;
        await Parallel.ForAsync(0, 600, new ParallelOptions { MaxDegreeOfParallelism = 40, CancellationToken = CancellationToken }, async (number, cancellationToken) =>
        {
            var (gray, isOther) = ((byte)(number % 256), number % 3 == 0);
            using var work = engine.Rent(isOther ? otherSession : _session);
            var isEncoded = number % 2 == 0;
            if (!isEncoded) work.Film.Span.Fill(gray / 255f);
            var outcome = isEncoded
                ? await engine.ScoreAsync(work, TestFilm.Png(gray), explains: false, long.MaxValue, cancellationToken)
                : await engine.ScoreAsync(work, explains: false, long.MaxValue, cancellationToken);
            Assert.Equal(FilmOutcome.Scored, outcome);
            Assert.Equal((isOther ? other : s_model).Expected(gray / 255.0)[0], work.Probabilities.Span[0], 1e-5);
            Assert.InRange(work.Batch, 1, 4);
            InterlockedMax(ref largest, work.Batch);
        });
        Assert.True(largest > 1, "no two films were ever scored together");
    }

    [Theory]
    [InlineData(0, 1, 2, 3, 4, 5)] // side by side
    [InlineData(1, 0, 3, 2, 5, 4)] // the other way round
    [InlineData(0, 2, 1, 4, 3, 5)] // with others between them
    [InlineData(1, 2, 4, 5)] // without their neighbours
    public async Task ScoreAsync_gives_each_film_of_a_run_its_own_answer_wherever_they_lie(params int[] order)
    {
        using var engine = TestEngine.With(new InferenceEngineOptions { Threads = 1, RunsAtOnce = 1, MaxBatch = 2 });
        await ScoreInPairsAsync(engine, order);
    }

    [Fact]
    public async Task ScoreAsync_gives_each_film_of_a_run_its_own_answer_where_larger_ones_lay()
    {
        using var engine = TestEngine.With(new InferenceEngineOptions { Threads = 1, RunsAtOnce = 1, MaxBatch = 2 });
        using var larger = ModelSession.Load((s_model with { Preprocessing = new() { Height = 64, Width = 64 } }).ToOnnx());
        foreach (var work in Enumerable.Range(0, 7).Select(_ => engine.Rent(larger)).ToArray()) work.Dispose();
        await ScoreInPairsAsync(engine, [0, 1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task ScoreAsync_of_refused_films_among_good_ones_ends_each_once()
    {
        using var engine = TestEngine.With(new InferenceEngineOptions { Threads = 2, RunsAtOnce = 2, QueueLimit = 1_000, LongestWait = TimeSpan.MaxValue });
        await Parallel.ForAsync(0, 4_000, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = CancellationToken }, async (number, cancellationToken) =>
        {
            // A film that was refused gives its work back at once, and the next film takes it.
            using var work = engine.Rent(_session);
            var isFilm = number % 4 == 0;
            var outcome = await engine.ScoreAsync(work, isFilm ? TestFilm.Png((byte)number) : new byte[] { 1, 2, 3 }, explains: false, long.MaxValue, cancellationToken);
            Assert.Equal(isFilm ? FilmOutcome.Scored : FilmOutcome.Refused, outcome);
            if (isFilm) Assert.Equal(s_model.Expected((byte)number / 255.0)[0], work.Probabilities.Span[0], 1e-5);
        });
    }

    [Fact]
    public async Task ScoreAsync_beyond_the_queue_is_turned_away_at_once()
    {
        using var engine = TestEngine.With(new InferenceEngineOptions { Threads = 1, RunsAtOnce = 1, MaxBatch = 1, QueueLimit = 2, LongestWait = TimeSpan.MaxValue });
        await using var thread = await OccupiedThread.OfAsync(engine, _session);
        var works = Enumerable.Range(0, 5).Select(_ => engine.Rent(_session)).ToArray();
        var outcomes = works.Select(work => engine.ScoreAsync(work, TestFilm.Png(1), explains: false, long.MaxValue, CancellationToken).AsTask()).ToArray();
        Assert.True(engine.IsFull);
        Assert.Equal(2, engine.Waiting);
        Assert.Equal([FilmOutcome.Busy, FilmOutcome.Busy, FilmOutcome.Busy], outcomes.Where(task => task.IsCompleted).Select(task => task.Result));

        thread.LetGo();
        await thread.Scoring;
        Assert.Equal(2, (await Task.WhenAll(outcomes)).Count(outcome => outcome == FilmOutcome.Scored));
        Assert.False(engine.IsFull);
        foreach (var work in works) work.Dispose();
    }

    [Fact]
    public async Task Dispose_ends_what_waits()
    {
        var engine = TestEngine.With(new InferenceEngineOptions { Threads = 1, RunsAtOnce = 1, MaxBatch = 1 });
        await using var thread = await OccupiedThread.OfAsync(engine, _session);
        using var waiting = engine.Rent(_session);
        var second = engine.ScoreAsync(waiting, TestFilm.Png(1), explains: false, long.MaxValue, CancellationToken).AsTask();

        var closing = Task.Run(engine.Dispose, CancellationToken);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => second);
        thread.LetGo();
        await closing;
        // What was decoded when the engine closed finds no thread that would score it.
        await Assert.ThrowsAsync<ObjectDisposedException>(() => thread.Scoring);
    }

    [Fact]
    public async Task Abstains_below_the_operating_point_alone()
    {
        var share = s_model.Expected(0)[(int)ImageLabel.Virus];
        foreach (var (confidence, abstains) in ((double, bool)[])[(share - 0.01, false), (share + 0.01, true)])
        {
            var point = $$"""{"confidence":{{confidence.ToString(System.Globalization.CultureInfo.InvariantCulture)}},"targetAccuracy":0.9,"accuracy":0.9,"coverage":0.5}""";
            using var session = ModelSession.Load((s_model with { Metadata = new Dictionary<string, string?> { [ModelMetadata.OperatingPoint] = point } }).ToOnnx());
            Assert.Equal(new OperatingPoint(confidence, 0.9, 0.9, 0.5), session.OperatingPoint);
            using var work = _engine.Rent(session);
            work.Film.Span.Clear();
            await _engine.ScoreAsync(work, explains: false, long.MaxValue, CancellationToken);
            Assert.Equal(abstains, work.Abstains);
        }
    }

    public void Dispose()
    {
        _engine.Dispose();
        _session.Dispose();
    }

    private async Task ScoreInPairsAsync(InferenceEngine engine, int[] order)
    {
        var works = Enumerable.Range(0, 6).Select(_ => engine.Rent(_session)).ToArray();
        foreach (var (number, work) in works.Index()) work.Film.Span.Fill(number / 10f);
        await using var thread = await OccupiedThread.OfAsync(engine, _session);

        var scoring = order.Select(number => engine.ScoreAsync(works[number], explains: false, long.MaxValue, CancellationToken).AsTask()).ToArray();
        thread.LetGo();
        Assert.Equal(FilmOutcome.Scored, await thread.Scoring);
        Assert.All(await Task.WhenAll(scoring), outcome => Assert.Equal(FilmOutcome.Scored, outcome));
        foreach (var number in order)
        {
            foreach (var (expected, actual) in s_model.Expected(number / 10.0).Zip(works[number].Probabilities.ToArray())) Assert.Equal(expected, actual, 1e-5);
        }
        Assert.Contains(order, number => works[number].Batch == 2);
        foreach (var work in works) work.Dispose();
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; seen < value; seen = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, value, seen);
    }
}
