using CsCheck;
using Microsoft.ML.OnnxRuntime;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Onnx;
using XrayMlOps.Training.Scoring;
using XrayMlOps.Training.Tests.Fixtures;
using XrayMlOps.Training.Tests.Networks;
using static TorchSharp.torch;
using ModelMetadata = XrayMlOps.Core.Models.ModelMetadata;

namespace XrayMlOps.Training.Tests.Onnx;

public sealed class OnnxWriterTests
{
    private static readonly Dictionary<string, string> s_metadata = new() { [ModelMetadata.Dataset] = "chest@3", [ModelMetadata.Run] = "7" };

    [Fact]
    public void Exported_network_scores_films_as_Torch_does() => RandomArchitectures.Valid.Sample(
        architecture =>
        {
            using var scope = NewDisposeScope();
            manual_seed(architecture.Layers.Count);
            using var network = NetworkBuilder.Build(architecture);
            var films = rand(5, 1, architecture.Input.Height, architecture.Input.Width);
            using (no_grad())
            {
                network.call(films); // gives batch norms statistics of their own
                network.eval();
                var logits = network.call(films).data<float>().ToArray();
                var (onnxProbabilities, onnxLogits) = Score(OnnxWriter.Write(architecture, network.Weights(), 1.7, s_metadata), films);

                var scale = Math.Max(1, logits.Max(Math.Abs));
                Assert.All(logits.Zip(onnxLogits), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * scale));
                Assert.All(Probabilities.Of(logits, 1.7).Zip(onnxProbabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * scale));
            }
        },
        iter: 60,
        threads: 1);

    [Fact]
    public void Exported_model_carries_its_tensors_and_metadata()
    {
        using var network = NetworkBuilder.Build(TinyJob.Architecture);
        using var session = ExportedModel.Load(OnnxWriter.Write(TinyJob.Architecture, network.Weights(), 1, s_metadata));

        Assert.Equal([-1, 1, 16, 16], session.InputMetadata[ModelMetadata.FilmsInput].Dimensions);
        Assert.Equal([-1, ImageLabels.Count], session.OutputMetadata[ModelMetadata.ProbabilitiesOutput].Dimensions);
        Assert.Equal([-1, ImageLabels.Count], session.OutputMetadata[ModelMetadata.LogitsOutput].Dimensions);
        Assert.Equal(s_metadata, session.ModelMetadata.CustomMetadataMap);
    }

    [Fact]
    public void Same_weights_make_the_same_bytes()
    {
        using var network = NetworkBuilder.Build(TinyJob.Architecture);
        Assert.Equal(
            OnnxWriter.Write(TinyJob.Architecture, network.Weights(), 1.25, s_metadata),
            OnnxWriter.Write(TinyJob.Architecture, network.Weights(), 1.25, s_metadata));
    }

    private static (float[] Probabilities, float[] Logits) Score(byte[] model, Tensor films)
    {
        using var session = ExportedModel.Load(model);
        using var input = OrtValue.CreateTensorValueFromMemory(films.data<float>().ToArray(), films.shape);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [ModelMetadata.FilmsInput], [input], [ModelMetadata.ProbabilitiesOutput, ModelMetadata.LogitsOutput]);
        return (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }
}
