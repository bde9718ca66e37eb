using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Data;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Onnx;
using XrayMlOps.Training.Scoring;
using XrayMlOps.Training.Tests.Fixtures;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Onnx;

public sealed class OnnxParityTests
{
    [Fact]
    public void Model_that_is_not_the_trained_one_fails_with_the_difference()
    {
        using var folder = new TemporaryFolder();
        Npz.Write(folder["films.npz"], new TinyDataset().Arrays());
        using var films = PackedDataset.Read([folder["films.npz"]]);
        using var network = NetworkBuilder.Build(TinyJob.Architecture);
        var faithful = OnnxWriter.Write(TinyJob.Architecture, network.Weights(), 1, new Dictionary<string, string>());
        var warmer = OnnxWriter.Write(TinyJob.Architecture, network.Weights(), 1.5, new Dictionary<string, string>());

        var sample = DrawnFilms.Score(network, films.Height, films.Width, 1, CPU);
        TrainerExported Check(byte[] model, ParitySample says) => OnnxParity.Check(model, network, 1, says, films, CPU, threads: 1, TestContext.Current.CancellationToken);

        var exported = Check(faithful, sample);
        Assert.Equal((12 + ParitySample.Films, OnnxParity.Limit), (exported.Films, exported.Limit));
        var problem = Assert.Throws<TrainingFailedException>(() => Check(warmer, sample));
        Assert.Contains("differs from the trained one", problem.Message, StringComparison.Ordinal);
        Assert.Throws<TrainingFailedException>(() => Check(faithful, new ParitySample([.. sample.Probabilities.Reverse()])));
    }
}
