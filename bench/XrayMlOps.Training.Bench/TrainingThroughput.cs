using TorchSharp;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Optimisation;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Bench;

/// <summary>Times the trainer's own step on random films.</summary>
internal sealed class TrainingThroughput(Architecture architecture, TimeProvider time, int threads)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(10);
    private const int MatrixSide = 2048;

    public int Threads { get; } = ComputeDevice.UseThreads(threads);

    public Device Device { get; } = ComputeDevice.Best;

    /// <summary>Forward is two operations a multiply-add; backward, towards inputs and weights, is twice forward.</summary>
    public double GigaflopsPerFilm => 3 * 2 * MultiplyAdds() / 1e9;

    public double MatrixGigaflops()
    {
        using var scope = NewDisposeScope();
        var (left, right) = (rand(MatrixSide, MatrixSide, device: Device), rand(MatrixSide, MatrixSide, device: Device));
        var perSecond = PerSecond(() => left.matmul(right).Dispose());
        return perSecond * 2 * Math.Pow(MatrixSide, 3) / 1e9;
    }

    public double FilmsPerSecond(int batchSize)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var network = NetworkBuilder.Build(architecture);
        network.to(Device);
        network.train();
        using var optimizer = new AdamW(network.named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter)), weightDecay: 0);
        using var objective = new Objective(classWeights: null, labelSmoothing: 0);
        using var figures = new RunningFigures(Device);
        var step = new TrainingStep(network, optimizer, objective);
        var films = rand([batchSize, 1, architecture.Input.Height, architecture.Input.Width], device: Device);
        var labels = randint(0, 3, [batchSize], dtype: ScalarType.Int64, device: Device);
        return batchSize * PerSecond(() => step.Take(films, labels, 1e-4, figures));
    }

    private double PerSecond(Action action)
    {
        for (var warming = time.GetTimestamp(); time.GetElapsedTime(warming) < WarmUp;) action();
        Synchronize();
        var (start, count) = (time.GetTimestamp(), 0);
        for (; time.GetElapsedTime(start) < Measured; count++) action();
        Synchronize();
        return count / time.GetElapsedTime(start).TotalSeconds;
    }

    private void Synchronize()
    {
        if (Device.type == DeviceType.CUDA) cuda.synchronize();
    }

    private double MultiplyAdds()
    {
        var sum = 0.0;
        var inputs = architecture.Input.Channels;
        foreach (var row in LayerTable.Of(architecture).Rows)
        {
            sum += architecture.Layers[row.Index] switch
            {
                ConvolutionLayer conv => (double)inputs * conv.Kernel * conv.Kernel * row.OutputShape[0] * row.OutputShape[1] * row.OutputShape[2],
                DenseLayer dense => (double)inputs * dense.Units,
                _ => 0,
            };
            inputs = row.OutputShape[0];
        }
        return sum;
    }
}
