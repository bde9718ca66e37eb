using XrayMlOps.Core.Architectures;
using XrayMlOps.Training.Augmentations;
using XrayMlOps.Training.Networks;
using XrayMlOps.Training.Optimisation;
using XrayMlOps.Training.Tests.Fixtures;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Tests.Optimisation;

public sealed class TrainingStepTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Thousand_steps_leave_as_many_tensors_as_ten(bool beginsWithFirstBlock)
    {
        using var scope = NewDisposeScope();
        using var network = NetworkBuilder.Build(beginsWithFirstBlock
            ? TinyJob.Architecture with { Layers = [new ConvolutionLayer { Filters = 16 }, new MaxPoolLayer(), new FlattenLayer(), new DenseLayer { Units = 3 }] }
            : TinyJob.Architecture);
        using var optimizer = OptimizerOf(network);
        using var objective = new Objective(null, 0.05);
        using var figures = new RunningFigures(CPU);
        var step = new TrainingStep(network, optimizer, objective);
        var augmenter = new FilmAugmenter(TinyJob.Recipe.Augmentation);
        var (films, labels, random) = (rand(4, 1, 16, 16), tensor([0L, 1, 2, 0]), new Random(1));
        long After(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                using var each = NewDisposeScope();
                step.Take(augmenter.Apply(films, random), labels, 1e-4, figures);
            }
            GC.Collect(); // handles that wrap what is gone
            GC.WaitForPendingFinalizers();
            return Tensor.TotalCount;
        }

        var early = After(10);

        Assert.Equal(early, After(1000));
    }

    [Fact]
    public void Mixed_precision_learns_like_full_precision_and_keeps_float32_weights()
    {
        using var scope = NewDisposeScope();
        var (full, mixed) = (LossAfterTraining(mixed: false), LossAfterTraining(mixed: true));
        Assert.NotEqual(full, mixed);
        Assert.InRange(mixed, 0, 0.2);
        Assert.InRange(full, 0, 0.2);
    }

    [Fact]
    public void Mixed_precision_scores_in_float32()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(1);
        using var full = NetworkBuilder.Build(TinyJob.Architecture);
        using var mixed = NetworkBuilder.Build(TinyJob.Architecture, mixed: true);
        mixed.Load(full.Weights());
        var films = rand(4, 1, 16, 16);
        full.eval();
        mixed.eval();
        Assert.True(full.call(films).Equals(mixed.call(films)));
        mixed.train();
        Assert.Equal(ScalarType.Float32, mixed.call(films).dtype);
    }

    /// <summary>Trains on films whose class shows in how bright they are.</summary>
    private static double LossAfterTraining(bool mixed)
    {
        manual_seed(1);
        using var network = NetworkBuilder.Build(TinyJob.Architecture, mixed);
        using var optimizer = OptimizerOf(network);
        using var objective = new Objective(null, 0);
        var step = new TrainingStep(network, optimizer, objective);
        var labels = arange(24, dtype: ScalarType.Int64) % 3;
        var films = rand(24, 1, 16, 16) * 0.2 + 0.4 * (labels.view(-1, 1, 1, 1) - 1) * linspace(-1, 1, 16).view(1, 1, 16, 1);
        for (var i = 0; i < 60; i++)
        {
            using var unused = new RunningFigures(CPU);
            step.Take(films, labels, 0.01, unused);
        }
        using var figures = new RunningFigures(CPU);
        step.Take(films, labels, 0.01, figures);
        Assert.All(network.parameters(), parameter => Assert.Equal(ScalarType.Float32, parameter.dtype));
        return figures.Loss;
    }

    private static AdamW OptimizerOf(Network network) => new(network.named_parameters().Select(pair => (pair.name, (Tensor)pair.parameter)), weightDecay: 0.01);
}
