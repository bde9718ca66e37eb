using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace XrayMlOps.ControlPlane;

internal sealed class ControlPlaneTelemetry : IDisposable
{
    public const string Name = "XrayMlOps.ControlPlane";
    private readonly Meter _meter;
    private readonly Counter<long> _films;

    public ControlPlaneTelemetry(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _films = _meter.CreateCounter<long>("xraymlops.films.pushed", "{film}", "Films that were uploaded, by outcome.");
    }

    public ActivitySource Activities { get; } = new(Name);

    public void CountFilm(bool accepted) => _films.Add(1, new KeyValuePair<string, object?>("outcome", accepted ? "accepted" : "rejected"));

    public void Dispose() => Activities.Dispose();
}
