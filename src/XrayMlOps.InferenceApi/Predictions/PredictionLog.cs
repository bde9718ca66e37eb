using System.Threading.Channels;
using Microsoft.Extensions.Options;
using XrayMlOps.Core.Predictions;
using XrayMlOps.InferenceApi.ControlPlane;

namespace XrayMlOps.InferenceApi.Predictions;

/// <summary>
/// Predictions on their way to the registry, kept in a <see cref="PredictionJournal"/> meanwhile. Writing never waits for the registry; when it is away for
/// so long that the log is full, the oldest predictions are dropped and counted. Each is delivered at least once.
/// </summary>
internal sealed partial class PredictionLog : IDisposable
{
    private readonly ControlPlaneClient _controlPlane;
    private readonly PredictionJournal _journal;
    private readonly InferenceTelemetry _telemetry;
    private readonly ILogger<PredictionLog> _logger;
    private readonly Channel<PredictionRecord> _records;
    private readonly Lock _writing = new(); // the journal and the channel have one order
    private readonly int _batchSize;

    /// <summary>Held by whoever sends; it guards <see cref="_batch"/>, which was taken from the channel and is not delivered yet.</summary>
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly List<PredictionRecord> _batch = [];

    public PredictionLog(
        ControlPlaneClient controlPlane, PredictionJournal journal, InferenceTelemetry telemetry, IOptions<InferenceOptions> options, ILogger<PredictionLog> logger)
    {
        (_controlPlane, _journal, _telemetry, _logger) = (controlPlane, journal, telemetry, logger);
        _batchSize = options.Value.LogBatch;
        _records = Channel.CreateBounded<PredictionRecord>(
            new BoundedChannelOptions(options.Value.LogCapacity) { FullMode = BoundedChannelFullMode.DropOldest },
            _ =>
            {
                telemetry.LogDropped(1);
                journal.Done(1);
            });
        foreach (var record in journal.Recover()) _records.Writer.TryWrite(record);
    }

    /// <summary>How many are still to be delivered.</summary>
    public int Pending => _records.Reader.Count + _batch.Count;

    public void Write(PredictionRecord record)
    {
        lock (_writing)
        {
            _journal.Append(record);
            _records.Writer.TryWrite(record);
        }
    }

    /// <summary>Waits until there is something to deliver.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count == 0) await _records.Reader.WaitToReadAsync(cancellationToken);
    }

    /// <summary>
    /// Delivers what has been written so far. Throws <see cref="ControlPlaneException"/> if the registry does not take it; nothing
    /// is lost by that, and the next call tries again.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            // Not to the end of the channel: under load it has none.
            for (var remaining = Pending; remaining > 0 && Fill(); _batch.Clear())
            {
                remaining -= _batch.Count;
                try
                {
                    await _controlPlane.SendPredictionsAsync(_batch, cancellationToken);
                }
                // Sent again it would be refused again, and hold up all that follow.
                catch (ControlPlaneException problem) when (problem.Refused)
                {
                    LogRefused(problem, _batch.Count);
                    _telemetry.LogDropped(_batch.Count);
                }
                _journal.Done(_batch.Count);
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose() => _sending.Dispose();

    private bool Fill()
    {
        while (_batch.Count < _batchSize && _records.Reader.TryRead(out var record)) _batch.Add(record);
        return _batch.Count > 0;
    }

    [LoggerMessage(1, LogLevel.Error, "The registry refuses {Count} predictions for good; they are dropped from the log")]
    private partial void LogRefused(Exception problem, int count);
}
