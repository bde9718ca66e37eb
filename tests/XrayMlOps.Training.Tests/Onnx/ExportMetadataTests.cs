using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using XrayMlOps.Core;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Tests.Fixtures;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Training.Tests.Onnx;

public sealed class ExportMetadataTests
{
    [Fact]
    public void Model_says_when_it_abstains_how_it_explains_and_what_it_answers_for_films_that_anybody_can_draw()
    {
        using var folder = new TemporaryFolder();
        TinyJob.Write(folder, TinyJob.Job with { Recipe = TinyJob.Recipe with { Epochs = 12 } });
        TinyJob.Run(folder);
        using var session = ExportedModel.Load(File.ReadAllBytes(folder[TrainingOutputs.Model]));
        var metadata = session.ModelMetadata.CustomMetadataMap;

        Assert.Equal(ModelMetadata.GradCam, metadata[ModelMetadata.Explanation]);
        var point = Read<OperatingPoint>(metadata[ModelMetadata.OperatingPoint]);
        Assert.Equal((OperatingPoint.DefaultTargetAccuracy, 1, 1), (point.TargetAccuracy, point.Accuracy, point.Coverage));
        Assert.InRange(point.Confidence, 1.0 / ImageLabels.Count, 1);
        var sample = Read<ParitySample>(metadata[ModelMetadata.ParitySample]);
        Assert.Equal(ParitySample.Films, sample.Probabilities.Count);
        Assert.All(sample.Probabilities.Index(), film => Assert.All(film.Item.Zip(Score(session, film.Index)), pair => Assert.Equal(pair.First, pair.Second, 1e-5f)));
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, XrayJson.Compact)!;

    private static float[] Score(InferenceSession session, int film)
    {
        var pixels = new byte[16 * 16];
        ParitySample.Draw(film, 16, 16, pixels);
        using var run = new RunOptions();
        using var input = OrtValue.CreateTensorValueFromMemory(pixels.Select(pixel => pixel / 255f).ToArray(), [1, 1, 16, 16]);
        using var outputs = session.Run(run, [ModelMetadata.FilmsInput], [input], [ModelMetadata.ProbabilitiesOutput]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
