namespace XrayMlOps.Training.Jobs;

/// <summary>
/// Up to which finished epoch whoever supervises a trainer has kept the checkpoint (see <see cref="Core.Runs.TrainerAcknowledgement"/>). Safe to use from
/// two threads: one hears, the other trains.
/// </summary>
public sealed class KeptEpochs
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);
    private readonly object _changed = new();
    private int _last;

    /// <param name="epoch">From 1.</param>
    public void Keep(int epoch)
    {
        lock (_changed)
        {
            _last = Math.Max(_last, epoch);
            Monitor.PulseAll(_changed);
        }
    }

    /// <exception cref="OperationCanceledException">Asked to stop before the epoch was kept.</exception>
    public void WaitFor(int epoch, CancellationToken cancellationToken)
    {
        lock (_changed)
        {
            while (_last < epoch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Monitor.Wait(_changed, s_look);
            }
        }
    }
}
