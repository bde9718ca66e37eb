using TorchSharp;
using XrayMlOps.Core.Architectures;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Bench;

/// <summary>What training is held against: the machine's own matrix products, and the work that a film takes.</summary>
internal static class Ceiling
{
    private const int MatrixSide = 2048;
    private const int Products = 12;

    /// <summary>Float32, the median of a few products.</summary>
    public static double MatrixGigaflops(Device device, TimeProvider time)
    {
        using var scope = NewDisposeScope();
        var (left, right) = (rand(MatrixSide, MatrixSide, device: device), rand(MatrixSide, MatrixSide, device: device));
        List<double> seconds = [];
        for (var product = 0; product < Products; product++)
        {
            var started = time.GetTimestamp();
            left.matmul(right).Dispose();
            if (device.type == DeviceType.CUDA) cuda.synchronize();
            seconds.Add(time.GetElapsedTime(started).TotalSeconds);
        }
        return 2 * Math.Pow(MatrixSide, 3) / 1e9 / seconds.Order().ElementAt(Products / 2);
    }

    /// <summary>Forward is two operations a multiply-add; backward, towards inputs and weights, is twice forward.</summary>
    public static double GigaflopsAFilm(Architecture architecture)
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
        return 3 * 2 * sum / 1e9;
    }
}
