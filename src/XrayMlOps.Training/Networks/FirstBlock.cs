using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Networks;

/// <summary>
/// A network's first convolution, its maximum and its rectifier as one operation on a CPU: there, the convolution of grey films costs little, but
/// to write and read what it gives, a quarter of a training step. See <see cref="FirstBlockKernel"/>.
/// </summary>
internal sealed unsafe class FirstBlock : autograd.SingleTensorFunction<FirstBlock>
{
    private const string Input = "input";

    /// <summary>What the steps of a network must begin with: a 3 x 3 convolution without padding, a maximum over 2 x 2 and a rectifier.</summary>
    public const int Steps = 3;

    public override string Name => nameof(FirstBlock);

    /// <summary>Whether these steps can be taken as one. Gradients flow to the weights, not to the films.</summary>
    public static bool Takes(IReadOnlyList<nn.Module<Tensor, Tensor>> steps, Tensor films) =>
        Vector512.IsHardwareAccelerated && steps is [Conv2d conv, MaxPool2d pool, ReLU, ..]
        && films is { device_type: DeviceType.CPU, dtype: ScalarType.Float32, requires_grad: false } && films.shape is [_, 1, >= 4, >= 4]
        && conv.weight.shape is [var channels, 1, 3, 3] && channels % FirstBlockKernel.LaneCount == 0
        && conv.stride is [1, 1] && conv.padding is null or [0, 0] && pool.kernel_size is [2, ..] && pool.stride is [2, ..];

    /// <param name="films">float32 [N, 1, H, W]</param>
    /// <returns>float32 [N, C, (H - 2) / 2, (W - 2) / 2], channels last. The films are needed until the way back is over.</returns>
    public static Tensor Of(Tensor films, Conv2d conv) => apply(conv.weight, conv.bias!, new Films(films.contiguous()));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var (weight, bias, films) = ((Tensor)vars[0], (Tensor)vars[1], ((Films)vars[2]).Tensor);
        var (n, height, width, channels) = ((int)films.shape[0], (int)films.shape[2], (int)films.shape[3], (int)weight.shape[0]);
        float[] weights = [.. cat([weight.view(channels, FirstBlockKernel.Taps).t(), bias.view(1, channels)]).contiguous().data<float>()];
        ctx.save_data(Input, new Saved(films, weights));
        var output = empty([n, (height - 2) / 2, (width - 2) / 2, channels]);
        var (from, to) = ((nint)Start(films), (nint)Start(output));
        var (filmSize, outputSize) = ((long)height * width, output.numel() / n);
        fixed (float* taps = weights)
        {
            var kernel = (nint)taps;
            EachFilm(n, film => new FirstBlockKernel((float*)kernel, channels, width, (height - 2) / 2, (width - 2) / 2)
                .Forward((float*)from + film * filmSize, (float*)to + film * outputSize));
        }
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        var (films, weights) = (Saved)ctx.get_data(Input);
        var gradient = grad_output.permute(0, 2, 3, 1).contiguous();
        var (n, height, width, channels) = ((int)films.shape[0], (int)films.shape[2], (int)films.shape[3], (int)grad_output.shape[1]);
        var sums = zeros([n, FirstBlockKernel.Taps + 1, channels]);
        var (from, source, to) = ((nint)Start(films), (nint)Start(gradient), (nint)Start(sums));
        var (filmSize, outputSize) = ((long)height * width, gradient.numel() / n);
        fixed (float* taps = weights)
        {
            var kernel = (nint)taps;
            EachFilm(n, film => new FirstBlockKernel((float*)kernel, channels, width, (height - 2) / 2, (width - 2) / 2)
                .Backward((float*)from + film * filmSize, (float*)source + film * outputSize, (float*)to + film * weights.Length));
        }
        var sum = sums.sum(dim: 0); // film by film, so it does not depend on how many threads there are
        return
        [
            sum[..FirstBlockKernel.Taps].t().contiguous().view(channels, 1, 3, 3).MoveToOuterDisposeScope(),
            sum[FirstBlockKernel.Taps].clone().MoveToOuterDisposeScope(),
            null!, // the films have none
        ];
    }

    private static void EachFilm(int films, Action<int> action) =>
        Parallel.For(0, films, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, action);

    /// <summary>The first element; a span over all would end at 2 GB.</summary>
    private static float* Start(Tensor tensor)
    {
        using var first = tensor.view(-1).narrow(0, 0, 1);
        return (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>Hides the films from autograd, which would ask for their gradient.</summary>
    private sealed record Films(Tensor Tensor);

    private sealed record Saved(Tensor Films, float[] Weights);
}
