using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.Worker.Runs;

/// <summary>
/// Brings what a trainer writes to standard error into the registry, a piece a second, where everybody can read it while the run is under way; a worker that
/// is lost loses a second of it. While the registry is away, lines wait.
/// </summary>
internal sealed partial class RunLog : IAsyncDisposable
{
    private const int MostCharacters = 4 << 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly int _runId;
    private readonly IDbContextFactory<RegistryDbContext> _registries;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly StringBuilder _waiting = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _writing;
    private int _written;

    public RunLog(int runId, IDbContextFactory<RegistryDbContext> registries, TimeProvider clock, ILogger logger)
    {
        (_runId, _registries, _clock, _logger) = (runId, registries, clock, logger);
        _writing = WriteAsync();
    }

    /// <summary>Takes a line. What goes beyond 4 million characters an attempt is cut.</summary>
    public void Add(string line)
    {
        lock (_waiting)
        {
            if (_written > MostCharacters) return;
            _written += line.Length + 1;
            _waiting.Append(_written > MostCharacters ? string.Create(CultureInfo.InvariantCulture, $"… more than {MostCharacters} characters: the rest is cut\n") : line + "\n");
        }
    }

    /// <summary>Brings what is left into the registry.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _writing;
        await FlushAsync();
        _end.Dispose();
    }

    private async Task WriteAsync()
    {
        using var timer = new PeriodicTimer(s_pause, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token)) await FlushAsync();
        }
        catch (OperationCanceledException)
        {
            // The rest is flushed by whoever ends it.
        }
    }

    private async Task FlushAsync()
    {
        string text;
        lock (_waiting) text = _waiting.ToString();
        if (text.Length == 0) return;
        try
        {
            await using var registry = await _registries.CreateDbContextAsync();
            registry.RunLog.Add(new RunLogPiece { RunId = _runId, Text = text });
            await registry.SaveChangesAsync();
        }
        catch (Exception problem)
        {
            LogNotWritten(problem, _runId);
            return;
        }
        lock (_waiting) _waiting.Remove(0, text.Length);
    }

    [LoggerMessage(46, LogLevel.Warning, "A piece of the log of run {RunId} could not be written; it is tried again")]
    private partial void LogNotWritten(Exception problem, int runId);
}
