using TorchSharp.Modules;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Networks;

/// <summary>
/// Mixed precision (Micikevicius et al. 2018): convolutions and matrix products in bfloat16 on copies of the float32 weights; gradients come
/// back to these through the copies. TorchSharp has no autocast.
/// </summary>
internal static class MixedPrecision
{
    public static Tensor Call(nn.Module<Tensor, Tensor> step, Tensor value) => step switch
    {
        Conv2d conv => nn.functional.conv2d(
            Half(value), Half(conv.weight), Half(conv.bias!), conv.stride, conv.padding, conv.dilation, conv.groups),
        Linear dense => nn.functional.linear(Half(value), Half(dense.weight), Half(dense.bias!)),
        _ => step.call(value),
    };

    private static Tensor Half(Tensor value) => value.to(ScalarType.BFloat16);
}
