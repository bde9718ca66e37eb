using System.Runtime.Intrinsics;
using CsCheck;
using TorchSharp.Modules;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Networks;

public sealed class FirstBlockTests
{
    [Fact]
    public void Values_and_gradients_equal_those_of_the_three_layers()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "The block is taken on processors with 512-bit vectors only.");
        Gen.Select(Gen.Int[1, 4], Gen.Int[4, 40], Gen.Int[4, 40], Gen.Int[1, 3], Gen.Int[0, 1000]).Sample((n, height, width, lanes, seed) =>
        {
            using var scope = NewDisposeScope();
            manual_seed(seed);
            using var conv = nn.Conv2d(1, 16 * lanes, 3);
            var films = rand(n, 1, height, width);
            var fused = FirstBlock.Of(films, conv);
            var layers = nn.functional.relu(nn.functional.max_pool2d(conv.call(films), 2));
            var gradient = randn_like(layers);
            var (weight, bias) = GradientsOf(conv, fused, gradient);
            var (expectedWeight, expectedBias) = GradientsOf(conv, layers, gradient);
            return fused.allclose(layers, 1e-5, 1e-6) && weight.allclose(expectedWeight, 1e-3, 1e-3) && bias.allclose(expectedBias, 1e-3, 1e-3);
        }, iter: 40, threads: 1);
    }

    [Fact]
    public void Gradients_do_not_depend_on_the_number_of_threads()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "The block is taken on processors with 512-bit vectors only.");
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var conv = nn.Conv2d(1, 16, 3);
        var (films, gradient) = (rand(7, 1, 64, 64), randn(7, 16, 31, 31));
        var before = get_num_threads();
        try
        {
            set_num_threads(1);
            var (one, _) = GradientsOf(conv, FirstBlock.Of(films, conv), gradient);
            set_num_threads(4);
            var (four, _) = GradientsOf(conv, FirstBlock.Of(films, conv), gradient);
            Assert.True(one.Equals(four));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void Weight_that_is_no_number_shows_in_what_the_block_gives()
    {
        Assert.SkipUnless(Vector512.IsHardwareAccelerated, "The block is taken on processors with 512-bit vectors only.");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var conv = nn.Conv2d(1, 16, 3);
        conv.weight.fill_(float.NaN);
        Assert.True(FirstBlock.Of(rand(1, 1, 8, 8), conv).isnan().all().item<bool>());
    }

    [Fact]
    public void Model_4_begins_with_the_block_and_the_phantom_network_does_not()
    {
        using var scope = NewDisposeScope();
        using var ours = NetworkOf("model_4");
        using var other = NetworkOf("phantom_net");
        var films = rand(1, 1, 256, 256);
        Assert.Equal(Vector512.IsHardwareAccelerated, FirstBlock.Takes(ours.Steps, films));
        Assert.False(FirstBlock.Takes(other.Steps, films));
        Assert.False(FirstBlock.Takes(ours.Steps, films.requires_grad_(true)));
    }

    private static (Tensor Weight, Tensor Bias) GradientsOf(Conv2d conv, Tensor output, Tensor gradient)
    {
        (output * gradient).sum().backward();
        var gradients = (conv.weight.grad!.clone(), conv.bias!.grad!.clone());
        (conv.weight.grad, conv.bias.grad) = (null, null);
        return gradients;
    }

    private static Network NetworkOf(string name) =>
        NetworkBuilder.Build(Architecture.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "models", $"{name}.json"))));
}
