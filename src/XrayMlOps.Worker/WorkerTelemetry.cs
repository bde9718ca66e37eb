using System.Diagnostics;
using System.Diagnostics.Metrics;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Worker;

internal sealed class WorkerTelemetry : IDisposable
{
    private const string Name = "XrayMlOps.Worker";
    private readonly Counter<long> _ended;
    private readonly Gauge<double> _speed;

    public WorkerTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _ended = meter.CreateCounter<long>("xraymlops.attempts.ended", "{attempt}", "Attempts at runs, by the state that they left the run in.");
        _speed = meter.CreateGauge<double>("xraymlops.training.speed", "{film}/s", "Films a second of the running trainer.");
    }

    public ActivitySource Activities { get; } = new(Name);

    public void CountEnd(RunState state) => _ended.Add(1, new KeyValuePair<string, object?>("state", state.ToString().ToLowerInvariant()));

    public void Speed(double filmsPerSecond) => _speed.Record(filmsPerSecond);

    public void Dispose() => Activities.Dispose();
}
