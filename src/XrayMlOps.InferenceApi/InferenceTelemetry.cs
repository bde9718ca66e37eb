using System.Diagnostics;
using System.Diagnostics.Metrics;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Predictions;
using XrayMlOps.Imaging.Decoding;
using XrayMlOps.Inference.Scheduling;

namespace XrayMlOps.InferenceApi;

/// <summary>Traces and metrics of the inference host, under the name <c>XrayMlOps.InferenceApi</c>.</summary>
internal sealed class InferenceTelemetry
{
    private const string Name = "XrayMlOps.InferenceApi";

    private readonly Meter _meter;
    private readonly Counter<long> _predictions;
    private readonly Counter<long> _refusedFilms;
    private readonly Counter<long> _busy;
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _batch;
    private readonly Counter<long> _modelLoads;
    private readonly Counter<long> _logDropped;

    public InferenceTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _predictions = meter.CreateCounter<long>("xray.inference.predictions", "{film}", "Films scored, by label and model version");
        _refusedFilms = meter.CreateCounter<long>("xray.inference.films.refused", "{film}", "Films that could not be read, by reason");
        _busy = meter.CreateCounter<long>("xray.inference.busy", "{film}", "Films turned away because too many were waiting");
        _duration = meter.CreateHistogram(
            "xray.inference.duration", "s", "Time of a film, by stage: queue, decode, run, total", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });
        _batch = meter.CreateHistogram(
            "xray.inference.batch.size", "{film}", "Films scored in the run that a film was part of", tags: null,
            new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32] });
        _modelLoads = meter.CreateCounter<long>("xray.inference.model.loads", "{model}", "Models loaded, by outcome: served, refused");
        _logDropped = meter.CreateCounter<long>("xray.inference.log.dropped", "{prediction}", "Predictions that never reached the registry's log");
        _meter = meter;
    }

    public ActivitySource Source { get; } = new(Name);

    public void Watch(InferenceEngine engine) =>
        _meter.CreateObservableGauge("xray.inference.queue.length", () => engine.Waiting, "{film}", "Films waiting for a thread");

    public void Predicted(ServedModel model, FilmWork work, ImageLabel label, TimeSpan total)
    {
        _predictions.Add(1, new("label", label.Name()), new("model", model.Name), new("version", model.Version));
        _batch.Record(work.Batch);
        Record("queue", work.Queued);
        if (work.Decoding > TimeSpan.Zero) Record("decode", work.Decoding);
        Record("run", work.Running);
        Record("total", total);
    }

    public void FilmRefused(FilmRejection rejection) => _refusedFilms.Add(1, new KeyValuePair<string, object?>("reason", rejection.ToString()));

    public void Busy() => _busy.Add(1);

    public void ModelServed() => _modelLoads.Add(1, new KeyValuePair<string, object?>("outcome", "served"));

    public void ModelRefused() => _modelLoads.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));

    public void LogDropped(int predictions) => _logDropped.Add(predictions);

    private void Record(string stage, TimeSpan took) => _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
}
