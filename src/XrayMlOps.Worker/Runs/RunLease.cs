using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>Why an attempt should stop before its trainer has ended.</summary>
internal enum StopCause
{
    None,
    WorkerShutdown,
    CancelRequested,
    LeaseLost,
}

/// <summary>Holds a claimed run: renews its lease every second and passes on what the registry and the host want.</summary>
internal sealed partial class RunLease : IAsyncDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);
    private readonly IDbContextFactory<RegistryDbContext> _registries;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _released = new();
    private readonly CancellationTokenRegistration _shutdown;
    private readonly Task _beating;
    private int _cause;

    /// <param name="worker">The name under which the run was claimed.</param>
    public RunLease(
        int runId, string worker, TimeSpan length, IDbContextFactory<RegistryDbContext> registries, TimeProvider clock, ILogger logger, CancellationToken shutdown)
    {
        (RunId, Worker, _length, _registries, _clock, _logger) = (runId, worker, length, registries, clock, logger);
        _shutdown = shutdown.Register(() => Stop(StopCause.WorkerShutdown));
        _beating = BeatAsync();
    }

    public int RunId { get; }

    public string Worker { get; }

    /// <summary>Where the running epoch stands; told to the registry with the next beat.</summary>
    public TrainerStep? Step { get; set; }

    /// <summary>The first cause to stop.</summary>
    public StopCause Cause => (StopCause)Volatile.Read(ref _cause);

    public CancellationToken Stopping => _stop.Token;

    public async ValueTask DisposeAsync()
    {
        await _shutdown.DisposeAsync();
        await _released.CancelAsync();
        await _beating;
        _released.Dispose();
        _stop.Dispose();
    }

    private void Stop(StopCause cause)
    {
        if (Interlocked.CompareExchange(ref _cause, (int)cause, (int)StopCause.None) == (int)StopCause.None) _stop.Cancel();
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(s_beat, _clock);
        var expires = _clock.GetUtcNow() + _length;
        try
        {
            while (await timer.WaitForNextTickAsync(_released.Token))
            {
                try
                {
                    await using var registry = await _registries.CreateDbContextAsync(_released.Token);
                    var until = _clock.GetUtcNow() + _length;
                    var answer = await registry.BeatAsync(RunId, Worker, until, Step, _released.Token);
                    if (answer == Heartbeat.Held) expires = until;
                    if (answer == Heartbeat.CancelRequested) Stop(StopCause.CancelRequested);
                    if (answer == Heartbeat.Lost) Stop(StopCause.LeaseLost);
                }
                catch (Exception problem) when (problem is not OperationCanceledException)
                {
                    LogMissedBeat(problem, RunId);
                    if (_clock.GetUtcNow() > expires) Stop(StopCause.LeaseLost); // another worker may have the run by now
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Released.
        }
    }

    [LoggerMessage(42, LogLevel.Warning, "The lease of run {RunId} could not be renewed; it is tried again")]
    private partial void LogMissedBeat(Exception problem, int runId);
}
