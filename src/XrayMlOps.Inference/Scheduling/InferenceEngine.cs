using System.Collections.Concurrent;
using System.Diagnostics;
using XrayMlOps.Imaging.Decoding;

namespace XrayMlOps.Inference.Scheduling;

/// <summary>
/// Scores films on a fixed number of threads, which decode, gather the films of one model into batches and run the network. What cannot be served in time is
/// turned away rather than queued. Safe to share between threads.
/// </summary>
public sealed class InferenceEngine : IDisposable
{
    /// <summary>Of a larger run the films are seldom all of one block, and a block stays for as long as one of its films is kept.</summary>
    private const int LargestBlock = 4;

    private readonly FilmDecoder _decoder;
    private readonly InferenceEngineOptions _options;
    private readonly WorkQueue _queue;
    private readonly Thread[] _threads;
    private readonly FilmPlaces _places;
    private readonly ConcurrentQueue<FilmWork> _free = new();

    public InferenceEngine(FilmDecoder decoder, InferenceEngineOptions options)
    {
        (_decoder, _options, _queue, _places) = (decoder, options, new WorkQueue(options), new FilmPlaces(options.MaxBatch <= LargestBlock ? options.MaxBatch : 1));
        _threads = [.. Enumerable.Range(1, options.Threads).Select(number => new Thread(Work) { IsBackground = true, Name = $"inference {number}" })];
        foreach (var thread in _threads) thread.Start();
    }

    /// <summary>Films that wait for a thread.</summary>
    public int Waiting => _queue.Waiting;

    /// <summary>Whether a film that came now would be turned away: a hint, before its bytes are received.</summary>
    public bool IsFull => _queue.IsFull;

    /// <summary>How long a film that came now would wait.</summary>
    public TimeSpan ExpectedWait => _queue.ExpectedWait;

    /// <summary>Takes the buffers for a film of that model. Dispose of it when the answer has been used.</summary>
    public FilmWork Rent(ModelSession session)
    {
        if (!_free.TryDequeue(out var work)) work = new FilmWork(this, _options.RunContinuationsAsynchronously);
        work.Prepare(session, _places);
        return work;
    }

    /// <summary>Decodes and scores a film.</summary>
    /// <param name="encoded">A whole JPEG, PNG or DICOM file; it must stay as it is until the task ends.</param>
    /// <param name="explains">Whether <see cref="FilmWork.Activation"/> is wanted; <see cref="ModelSession.Explanation"/> must not be null then.</param>
    /// <param name="deadline">By <see cref="Stopwatch.GetTimestamp"/>; <see cref="long.MaxValue"/>: none.</param>
    /// <param name="cancellationToken">Looked at before each step; a step that has begun is finished. A film that was given up is not computed.</param>
    public ValueTask<FilmOutcome> ScoreAsync(FilmWork work, ReadOnlyMemory<byte> encoded, bool explains, long deadline, CancellationToken cancellationToken) =>
        AddAsync(work, encoded, explains, deadline, cancellationToken);

    /// <summary>Scores the film that the caller has written to <see cref="FilmWork.Film"/>.</summary>
    /// <inheritdoc cref="ScoreAsync(FilmWork, ReadOnlyMemory{byte}, bool, long, CancellationToken)"/>
    public ValueTask<FilmOutcome> ScoreAsync(FilmWork work, bool explains, long deadline, CancellationToken cancellationToken) =>
        AddAsync(work, null, explains, deadline, cancellationToken);

    /// <summary>Ends what waits with an <see cref="ObjectDisposedException"/>, and the threads after the steps they are in.</summary>
    public void Dispose()
    {
        _queue.Close();
        // One of them may be what calls this, after a film that it scored.
        foreach (var thread in _threads.Where(thread => thread != Thread.CurrentThread)) thread.Join();
    }

    internal void Return(FilmWork work)
    {
        // What more than this many films at once left behind is given back to the machine.
        if (_free.Count < _options.QueueLimit) _free.Enqueue(work);
    }

    private ValueTask<FilmOutcome> AddAsync(FilmWork work, ReadOnlyMemory<byte>? encoded, bool explains, long deadline, CancellationToken cancellationToken)
    {
        work.Begin(explains, encoded, deadline, cancellationToken);
        return _queue.TryAdd(work) ? work.Done : new ValueTask<FilmOutcome>(FilmOutcome.Busy);
    }

    private void Work()
    {
        var step = new List<FilmWork>(_options.MaxBatch);
        var decoding = new FilmReading(_decoder);
        var batch = new FilmBatch(_options.MaxBatch);
        while (true)
        {
            if (_queue.Take(step))
            {
                (int Films, TimeSpan Took) run = default;
                try
                {
                    run = batch.Run(step);
                }
                finally
                {
                    _queue.EndRun(run.Films, run.Took);
                }
            }
            else if (step is [var work])
            {
                if (decoding.Read(work)) _queue.AddDecoded(work);
            }
            else return;
        }
    }
}
