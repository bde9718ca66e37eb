using CsCheck;
using XrayMlOps.Core.Architectures;

namespace XrayMlOps.Training.Tests.Networks;

internal static class RandomArchitectures
{
    private static readonly Gen<Activation> s_activation = Gen.Enum<Activation>();

    private static readonly Gen<Layer> s_spatial = Gen.OneOf<Layer>(
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 5], Gen.Int[1, 3], Gen.Enum<Padding>(), s_activation, (filters, kernel, stride, padding, activation) =>
            (Layer)new ConvolutionLayer { Filters = filters, Kernel = kernel, Stride = stride, Padding = padding, Activation = activation }),
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 3], (size, stride) => (Layer)new MaxPoolLayer { Size = size, Stride = stride }),
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 3], (size, stride) => (Layer)new AveragePoolLayer { Size = size, Stride = stride }),
        s_activation.Select(activation => (Layer)new BatchNormLayer { Activation = activation }),
        Gen.Double[0, 0.9].Select(rate => (Layer)new DropoutLayer { Rate = rate }));

    private static readonly Gen<Layer> s_flat = Gen.OneOf<Layer>(
        Gen.Select(Gen.Int[1, 12], s_activation, (units, activation) => (Layer)new DenseLayer { Units = units, Activation = activation }),
        Gen.Double[0, 0.9].Select(rate => (Layer)new DropoutLayer { Rate = rate }));

    /// <summary>Small networks of every kind of layer, all valid.</summary>
    public static Gen<Architecture> Valid { get; } =
        Gen.Select(
            Gen.Int[8, 20], Gen.Int[8, 20], s_spatial.List[0, 6], Gen.Bool.Select(pool => pool ? (Layer)new GlobalAveragePoolLayer() : new FlattenLayer()), s_flat.List[0, 3],
            (height, width, spatial, flatten, flat) => new Architecture
            {
                Name = "random",
                Input = new InputShape { Height = height, Width = width },
                Layers = [.. spatial, flatten, .. flat, new DenseLayer { Units = 3 }],
            })
        .Where(architecture => LayerTable.Of(architecture).IsValid);
}
