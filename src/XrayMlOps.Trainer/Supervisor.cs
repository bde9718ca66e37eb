using System.Runtime.InteropServices;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Jobs;

namespace XrayMlOps.Trainer;

/// <summary>
/// Hears whoever started this process: turns SIGTERM, SIGINT and (where asked for) the end of standard input into a cancellation, and acknowledgements of
/// epochs into <see cref="Kept"/>. A step that takes longer than the grace is not waited for: whatever is on the disk is whole at any time.
/// </summary>
internal sealed class Supervisor : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _signals = [];
    private readonly TimeProvider _time;
    private ITimer? _deadline;

    public Supervisor(TimeProvider time)
    {
        _time = time;
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                RequestStop();
            }));
        }
        if (Environment.GetEnvironmentVariable(TrainerEnvironment.WatchStandardInput) != "1") return;
        Kept = new KeptEpochs();
        new Thread(() => Listen(Kept)) { IsBackground = true, Name = "standard input" }.Start();
    }

    public CancellationToken Stop => _stop.Token;

    /// <summary>Null where standard input is not read.</summary>
    public KeptEpochs? Kept { get; }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _deadline?.Dispose();
        _stop.Dispose();
    }

    private void RequestStop()
    {
        _deadline ??= _time.CreateTimer(_ => Environment.Exit(TrainerExit.Stopped), null, Grace, Timeout.InfiniteTimeSpan);
        _stop.Cancel();
    }

    private void Listen(KeptEpochs kept)
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        while (input.ReadLine() is { } line)
        {
            if (TrainerAcknowledgement.TryParse(line) is { } epoch) kept.Keep(epoch);
        }
        RequestStop();
    }
}
