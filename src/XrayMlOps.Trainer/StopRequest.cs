using System.Runtime.InteropServices;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Trainer;

/// <summary>
/// Turns SIGTERM, SIGINT and (where asked for) the end of standard input into a cancellation. A step that takes longer than the
/// grace is not waited for: whatever is on the disk is whole at any time.
/// </summary>
internal sealed class StopRequest : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _signals = [];
    private readonly TimeProvider _time;
    private ITimer? _deadline;

    public StopRequest(TimeProvider time)
    {
        _time = time;
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Stop();
            }));
        }
        if (Environment.GetEnvironmentVariable(TrainerEnvironment.WatchStandardInput) == "1")
            new Thread(StopAtEndOfInput) { IsBackground = true, Name = "standard input" }.Start();
    }

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _deadline?.Dispose();
        _stop.Dispose();
    }

    private void Stop()
    {
        _deadline ??= _time.CreateTimer(_ => Environment.Exit(TrainerExit.Stopped), null, Grace, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }

    private void StopAtEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        while (input.Read(ignored) > 0) { }
        Stop();
    }
}
