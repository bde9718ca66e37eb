using XrayMlOps.Training.Data;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Onnx;
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

        var exported = OnnxParity.Check(faithful, network, 1, films, CPU, threads: 1, TestContext.Current.CancellationToken);
        Assert.Equal((12, OnnxParity.Limit), (exported.Films, exported.Limit));
        var problem = Assert.Throws<TrainingFailedException>(() => OnnxParity.Check(warmer, network, 1, films, CPU, threads: 1, TestContext.Current.CancellationToken));
        Assert.Contains("differs from the trained one", problem.Message, StringComparison.Ordinal);
    }
}
