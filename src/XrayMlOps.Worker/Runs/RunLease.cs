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

    /// <summary>No word from the trainer for longer than the run's limit.</summary>
    Stalled,

    /// <summary>The run takes longer than its limit.</summary>
    TimedOut,
}

/// <summary>Holds a claimed run: renews its lease every second, and passes on what the registry, the host and the run's limits want.</summary>
internal sealed partial class RunLease : IAsyncDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    /// <summary>Before the lease runs out, unrenewed, the trainer must be gone: another worker may then take the run.</summary>
    private static readonly TimeSpan s_margin = Trainers.TrainerProcess.GracePeriod + s_beat;

    private readonly IDbContextFactory<RegistryDbContext> _registries;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly TimeSpan _length;
    private readonly RunLimits _limits;
    private readonly DateTimeOffset _startedAt;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _released = new();
    private readonly CancellationTokenRegistration _shutdown;
    private readonly Task _beating;
    private readonly Task _watching;
    private DateTimeOffset _expires;
    private long _lastWord;
    private int _cause;

    /// <param name="run">As it was claimed under the name <paramref name="worker"/>.</param>
    public RunLease(
        Run run, string worker, TimeSpan length, IDbContextFactory<RegistryDbContext> registries, TimeProvider clock, ILogger logger, CancellationToken shutdown)
    {
        (RunId, Worker, _length, _registries, _clock, _logger) = (run.Id, worker, length, registries, clock, logger);
        (_limits, _startedAt) = (run.Limits, run.StartedAt ?? clock.GetUtcNow());
        _expires = run.LeaseExpiresAt ?? clock.GetUtcNow();
        _lastWord = clock.GetTimestamp();
        _shutdown = shutdown.Register(() => Stop(StopCause.WorkerShutdown));
        _beating = EverySecondAsync(BeatAsync);
        _watching = EverySecondAsync(WatchAsync);
    }

    public int RunId { get; }

    public string Worker { get; }

    /// <summary>Where the running epoch stands; told to the registry with the next beat.</summary>
    public TrainerStep? Step { get; set; }

    /// <summary>The first cause to stop.</summary>
    public StopCause Cause => (StopCause)Volatile.Read(ref _cause);

    public CancellationToken Stopping => _stop.Token;

    /// <summary>The trainer said something, or is not there to say anything yet.</summary>
    public void Hear() => Volatile.Write(ref _lastWord, _clock.GetTimestamp());

    public async ValueTask DisposeAsync()
    {
        await _shutdown.DisposeAsync();
        await _released.CancelAsync();
        await Task.WhenAll(_beating, _watching);
        _released.Dispose();
        _stop.Dispose();
    }

    private void Stop(StopCause cause)
    {
        if (Interlocked.CompareExchange(ref _cause, (int)cause, (int)StopCause.None) == (int)StopCause.None) _stop.Cancel();
    }

    private async Task EverySecondAsync(Func<Task> work)
    {
        using var timer = new PeriodicTimer(s_beat, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_released.Token)) await work();
        }
        catch (OperationCanceledException)
        {
            // Released.
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            await using var registry = await _registries.CreateDbContextAsync(_released.Token);
            var until = _clock.GetUtcNow() + _length;
            var answer = await registry.BeatAsync(RunId, Worker, until, Step, _released.Token);
            if (answer != Heartbeat.Lost) _expires = until;
            if (answer == Heartbeat.CancelRequested) Stop(StopCause.CancelRequested);
            if (answer == Heartbeat.Lost) Stop(StopCause.LeaseLost);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            LogMissedBeat(problem, RunId);
        }
    }

    /// <summary>Apart from the beats, which may hang for as long as the database does.</summary>
    private Task WatchAsync()
    {
        var now = _clock.GetUtcNow();
        if (now > _expires - s_margin) Stop(StopCause.LeaseLost);
        if (_limits.TotalMinutes is { } total && now - _startedAt > TimeSpan.FromMinutes(total)) Stop(StopCause.TimedOut);
        if (_clock.GetElapsedTime(Volatile.Read(ref _lastWord)) > TimeSpan.FromMinutes(_limits.StallMinutes)) Stop(StopCause.Stalled);
        return Task.CompletedTask;
    }

    [LoggerMessage(42, LogLevel.Warning, "The lease of run {RunId} could not be renewed; it is tried again")]
    private partial void LogMissedBeat(Exception problem, int runId);
}
