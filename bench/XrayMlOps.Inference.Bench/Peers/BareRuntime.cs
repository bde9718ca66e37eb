using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using XrayMlOps.Inference.Bench.Load;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>ONNX Runtime in a loop on films that lie in memory, those that are sent to the hosts, in turn: what serving them can at best come near.</summary>
/// <param name="runs">Batches under way at once.</param>
/// <param name="threads">Of each.</param>
internal sealed class BareRuntime(string model, int runs, int threads, int batch) : IDisposable
{
    private const int FilmLength = TensorFilm.Side * TensorFilm.Side;

    private static readonly string[] s_inputs = [ModelMetadata.FilmsInput], s_outputs = [ModelMetadata.ProbabilitiesOutput];

    private readonly float[] _films = [.. Enumerable.Range(0, Math.Max(batch, TensorFilm.All.Count)).SelectMany(i => TensorFilm.All[i % TensorFilm.All.Count].Pixels)];

    private readonly InferenceSession _session = new(model, new SessionOptions
    {
        IntraOpNumThreads = threads,
        InterOpNumThreads = 1,
        ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
    });

    public string Name => $"ONNX Runtime, {runs} x {threads} {(threads == 1 ? "thread" : "threads")}, batch {batch}";

    /// <summary>What the model says of each of <see cref="TensorFilm.All"/>.</summary>
    public static IReadOnlyList<float[]> Probabilities(string model)
    {
        using BareRuntime runtime = new(model, runs: 1, threads: 1, batch: 1);
        return [.. TensorFilm.All.Select(film => runtime.Predict(film.Pixels))];
    }

    /// <summary>Films a second.</summary>
    public double Measure(double seconds)
    {
        var rates = new double[runs];
        Crew.Run(runs, number =>
        {
            Memory<float> Next(int films) => _films.AsMemory(films % (_films.Length / FilmLength) * FilmLength, batch * FilmLength);
            Predict(Next(0));
            var (start, films) = (Stopwatch.GetTimestamp(), 0);
            TimeSpan elapsed;
            do
            {
                Predict(Next(films));
                films += batch;
                elapsed = Stopwatch.GetElapsedTime(start);
            }
            while (elapsed.TotalSeconds < seconds);
            rates[number] = films / elapsed.TotalSeconds;
        });
        return rates.Sum();
    }

    public void Dispose() => _session.Dispose();

    private float[] Predict(Memory<float> pixels)
    {
        var count = pixels.Length / FilmLength;
        var probabilities = new float[3 * count];
        using RunOptions options = new();
        using var films = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, pixels, [count, 1, TensorFilm.Side, TensorFilm.Side]);
        using var output = OrtValue.CreateTensorValueFromMemory(probabilities, [count, 3]);
        _session.Run(options, s_inputs, [films], s_outputs, [output]);
        return probabilities;
    }
}
