using Microsoft.ML.OnnxRuntime;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Data;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Scoring;
using static TorchSharp.torch;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Training.Onnx;

/// <summary>Scores the same films with the exported model and with the network it came from: some of the validation split, and the drawn ones.</summary>
internal static class OnnxParity
{
    /// <summary>The largest difference of a probability that is allowed.</summary>
    public const double Limit = 1e-4;

    private const int MostFilms = 64;
    private const int FilmsAtOnce = 16;

    /// <param name="sample">What the network says of the <see cref="DrawnFilms"/>.</param>
    /// <exception cref="TrainingFailedException">A probability differs by more than <see cref="Limit"/>, or is not a number.</exception>
    public static TrainerExported Check(
        byte[] model, Network network, double temperature, ParitySample sample, FilmSet films, Device device, int threads, CancellationToken cancellationToken)
    {
        int[] positions = [.. films.Of(Split.Validation).Take(MostFilms)];
        float[] expected =
        [
            .. sample.Probabilities.SelectMany(row => row),
            .. Probabilities.Of(Scorer.Logits(network, films, positions, device, cancellationToken), temperature),
        ];
        var actual = Score(model, films, positions, threads, cancellationToken);
        var largest = expected.Zip(actual).Max(pair => float.IsNaN(pair.First - pair.Second) ? double.PositiveInfinity : Math.Abs((double)pair.First - pair.Second));
        var compared = expected.Length / ImageLabels.Count;
        return largest <= Limit
            ? new TrainerExported(largest, Limit, compared)
            : throw new TrainingFailedException($"the exported model differs from the trained one by {largest:g3} in a probability of {compared} films; {Limit:g3} is allowed.");
    }

    /// <summary>Probabilities of the drawn films, then of those at <paramref name="positions"/>.</summary>
    private static List<float> Score(byte[] model, FilmSet films, int[] positions, int threads, CancellationToken cancellationToken)
    {
        // At the level of warnings it says of every optional input that it is no constant.
        using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model, options);
        using var scope = NewDisposeScope();
        List<float> probabilities = [.. Score(session, DrawnFilms.Draw(films.Height, films.Width))];
        foreach (var batch in positions.Chunk(FilmsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            probabilities.AddRange(Score(session, films.Films(batch, CPU)));
        }
        return probabilities;
    }

    private static float[] Score(InferenceSession session, Tensor films)
    {
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(films.data<float>().ToArray(), films.shape);
        using var outputs = session.Run(run, [ModelMetadata.FilmsInput], [input], [ModelMetadata.ProbabilitiesOutput]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
