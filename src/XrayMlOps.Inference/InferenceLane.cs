using System.Diagnostics;

namespace XrayMlOps.Inference;

/// <summary>
/// Lets a bounded number of films be decoded and scored at once, and a bounded number wait. Without the first bound, requests
/// would share the cores ever more finely and all be late; without the second, they would wait longer than their callers do.
/// </summary>
/// <param name="concurrency">Films at once, from 1; as many as processors, if a run has one thread.</param>
/// <param name="queueLimit">Films that may wait, from 0.</param>
public sealed class InferenceLane(int concurrency, int queueLimit) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(concurrency, concurrency);
    private int _waiting;

    /// <summary>Films waiting for their turn.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// Waits for a turn; answers it with the time waited, or null at once if too many wait already. Dispose it to let the next
    /// film in. A caller that gives up (<paramref name="cancellationToken"/>) leaves the queue.
    /// </summary>
    public async ValueTask<LaneTurn?> EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_turns.Wait(0, CancellationToken.None)) return new LaneTurn(_turns, TimeSpan.Zero);

        var arrived = Stopwatch.GetTimestamp();
        if (Interlocked.Increment(ref _waiting) > queueLimit)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        try
        {
            await _turns.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        return new LaneTurn(_turns, Stopwatch.GetElapsedTime(arrived));
    }

    public void Dispose() => _turns.Dispose();
}

/// <summary>A turn in the lane, until this is disposed of.</summary>
public sealed class LaneTurn : IDisposable
{
    private SemaphoreSlim? _turns;

    internal LaneTurn(SemaphoreSlim turns, TimeSpan waited) => (_turns, Waited) = (turns, waited);

    public TimeSpan Waited { get; }

    public void Dispose() => Interlocked.Exchange(ref _turns, null)?.Release();
}
