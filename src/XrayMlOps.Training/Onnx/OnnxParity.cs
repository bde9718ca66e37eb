using Microsoft.ML.OnnxRuntime;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Data;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Scoring;
using static TorchSharp.torch;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Training.Onnx;

/// <summary>Scores the same films with the exported model and with the network it came from.</summary>
internal static class OnnxParity
{
    /// <summary>The largest difference of a probability that is allowed.</summary>
    public const double Limit = 1e-4;

    private const int MostFilms = 64;
    private const int FilmsAtOnce = 16;

    /// <exception cref="TrainingFailedException">A probability differs by more than <see cref="Limit"/>, or is not a number.</exception>
    public static TrainerExported Check(byte[] model, Network network, double temperature, FilmSet films, Device device, int threads, CancellationToken cancellationToken)
    {
        int[] positions = [.. films.Of(Split.Validation).Take(MostFilms)];
        var expected = Probabilities.Of(Scorer.Logits(network, films, positions, device, cancellationToken), temperature);
        var actual = Score(model, films, positions, threads, cancellationToken);
        var largest = expected.Zip(actual).Max(pair => float.IsNaN(pair.First - pair.Second) ? double.PositiveInfinity : Math.Abs((double)pair.First - pair.Second));
        return largest <= Limit
            ? new TrainerExported(largest, Limit, positions.Length)
            : throw new TrainingFailedException($"the exported model differs from the trained one by {largest:g3} in a probability of {positions.Length} films; {Limit:g3} is allowed.");
    }

    private static List<float> Score(byte[] model, FilmSet films, int[] positions, int threads, CancellationToken cancellationToken)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        List<float> probabilities = [];
        foreach (var batch in positions.Chunk(FilmsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var tensor = films.Films(batch, CPU);
            using var input = OrtValue.CreateTensorValueFromMemory(tensor.data<float>().ToArray(), tensor.shape);
            using var outputs = session.Run(run, [ModelMetadata.FilmsInput], [input], [ModelMetadata.ProbabilitiesOutput]);
            probabilities.AddRange(outputs[0].GetTensorDataAsSpan<float>());
        }
        return probabilities;
    }
}
