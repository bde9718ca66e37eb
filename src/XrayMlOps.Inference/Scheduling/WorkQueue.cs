using System.Diagnostics;

namespace XrayMlOps.Inference.Scheduling;

/// <summary>
/// Films that wait, and the rule by which a free thread takes its next step. A run begins when its batch is full or its oldest film has waited for
/// <see cref="InferenceEngineOptions.BatchDelay"/>; on the CPU also as soon as nothing is left to decode, so that no thread idles while a batch fills.
/// Runs that can be at once share the films that are ready evenly. Safe to share between threads.
/// </summary>
internal sealed class WorkQueue(InferenceEngineOptions options)
{
    private static readonly long s_ticksPerMillisecond = Stopwatch.Frequency / 1000;

    private readonly object _gate = new();
    private readonly Queue<FilmWork> _encoded = new();
    private readonly List<FilmWork> _ready = [];
    private readonly ServiceTimes _times = new(options);
    private readonly long _delay = (long)(options.BatchDelay.TotalSeconds * Stopwatch.Frequency);
    private int _runs, _idle;
    private bool _closed;

    /// <summary>Films that no thread has taken yet, or that were decoded and wait to be scored.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _encoded.Count + _ready.Count;
        }
    }

    /// <summary>How long a film that came now would wait.</summary>
    public TimeSpan ExpectedWait
    {
        get
        {
            lock (_gate) return Wait;
        }
    }

    /// <summary>Whether one more film would wait among too many, or too long.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate) return IsFullNow;
        }
    }

    private TimeSpan Wait => _times.Wait(_encoded.Count, _ready.Count);

    private bool IsFullNow => _encoded.Count + _ready.Count >= options.QueueLimit + _idle || Wait > options.LongestWait;

    /// <summary>Answers false if it <see cref="IsFull"/>, or if the film's deadline would pass before its turn.</summary>
    public bool TryAdd(FilmWork work)
    {
        lock (_gate)
        {
            if (_closed || IsFullNow || work.Deadline != long.MaxValue && Stopwatch.GetElapsedTime(work.Arrived, work.Deadline) < Wait) return false;
            if (work.Encoded is null) _ready.Add(work);
            else _encoded.Enqueue(work);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Puts a film that was decoded among those that are ready to be scored.</summary>
    public void AddDecoded(FilmWork work)
    {
        lock (_gate)
        {
            _times.Decoded(work.Decoding);
            if (!_closed)
            {
                _ready.Add(work);
                Monitor.Pulse(_gate);
                return;
            }
        }
        End(work);
    }

    /// <summary>Says that a run which <see cref="Take"/> gave out has ended.</summary>
    /// <param name="films">That were computed; 0 if none was.</param>
    public void EndRun(int films, TimeSpan took)
    {
        lock (_gate)
        {
            _runs--;
            if (films > 0) _times.Ran(films, took);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the next step: one encoded film, or films of one model to be scored in one run. Empty once the queue is closed.</summary>
    /// <param name="step">Receives it.</param>
    /// <returns>Whether the step is a run, to be ended with <see cref="EndRun"/>.</returns>
    public bool Take(List<FilmWork> step)
    {
        step.Clear();
        lock (_gate)
        {
            while (!_closed)
            {
                if (IsRunDue())
                {
                    TakeBatch(step);
                    _runs++;
                    return true;
                }
                if (_encoded.TryDequeue(out var encoded))
                {
                    step.Add(encoded);
                    return false;
                }
                _idle++;
                Monitor.Wait(_gate, MillisecondsToNextRun());
                _idle--;
            }
            return false;
        }
    }

    /// <summary>Ends what waits with an <see cref="ObjectDisposedException"/>, and takes nothing more.</summary>
    public void Close()
    {
        List<FilmWork> unserved;
        lock (_gate)
        {
            _closed = true;
            unserved = [.. _encoded, .. _ready];
            _encoded.Clear();
            _ready.Clear();
            Monitor.PulseAll(_gate);
        }
        // Not under the lock: what awaits them may run at once.
        foreach (var work in unserved) End(work);
    }

    private static void End(FilmWork work) => work.Failed(new ObjectDisposedException(nameof(InferenceEngine)));

    private bool IsRunDue() => _ready.Count > 0 && _runs < options.RunsAtOnce && (_ready.Count >= options.MaxBatch
        || !options.WaitsForBatch && _encoded.Count == 0
        || Stopwatch.GetTimestamp() - _ready[0].Ready >= _delay);

    private int MillisecondsToNextRun() => options.WaitsForBatch && _ready.Count > 0 && _runs < options.RunsAtOnce
        ? (int)Math.Max(1, (_ready[0].Ready + _delay - Stopwatch.GetTimestamp()) / s_ticksPerMillisecond)
        : Timeout.Infinite;

    private void TakeBatch(List<FilmWork> batch)
    {
        var first = _ready[0];
        var share = Math.Min(options.MaxBatch, (_ready.Count + options.RunsAtOnce - 1) / options.RunsAtOnce);
        // First those that lie beside it, which need no copy.
        TakeLike(first, share, batch, fromItsBlock: true);
        if (batch.Count < share) TakeLike(first, share, batch, fromItsBlock: false);
    }

    private void TakeLike(FilmWork first, int share, List<FilmWork> batch, bool fromItsBlock)
    {
        var kept = 0;
        for (var place = 0; place < _ready.Count; place++)
        {
            var work = _ready[place];
            var isLike = work.Session == first.Session && work.Explains == first.Explains && (!fromItsBlock || work.Place.Block == first.Place.Block);
            if (isLike && batch.Count < share) batch.Add(work);
            else _ready[kept++] = work;
        }
        _ready.RemoveRange(kept, _ready.Count - kept);
    }
}
