using XrayMlOps.Core.Architectures;

namespace XrayMlOps.Core.Sweeps;

public enum SweepStrategy
{
    /// <summary>Every combination.</summary>
    Grid,

    /// <summary>Combinations drawn at random (Bergstra and Bengio 2012).</summary>
    Random,

    /// <summary>Asynchronous successive halving (Li et al. 2020): many combinations for few epochs, the best of them for more.</summary>
    Asha,
}

/// <summary>What the trials of a sweep are compared by: of each, the finished epoch where the validation loss is lowest.</summary>
public enum SweepMetric
{
    /// <summary>Lower is better.</summary>
    ValidationLoss,

    /// <summary>Higher is better.</summary>
    ValidationAccuracy,
}

/// <summary>What a sweep searches, and how. Its trials follow from it alone (see <see cref="SweepTrials"/>).</summary>
public sealed record SweepSpec
{
    /// <summary>Follows <see cref="Datasets.DatasetReference.NameRule"/>; it is the experiment of the sweep's runs.</summary>
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public SweepStrategy Strategy { get; init; }

    /// <summary>The networks, whole, no two alike. Each brings its own recipe, which the parameters change.</summary>
    public required IReadOnlyList<Architecture> Architectures { get; init; }

    /// <summary>What is tried in the recipes, by member in camelCase: <c>learningRate</c>, <c>augmentation.shift</c>.</summary>
    public IReadOnlyDictionary<string, SweepParameter> Parameters { get; init; } = new Dictionary<string, SweepParameter>();

    /// <summary>Combinations to draw, up to <see cref="SweepTrials.Most"/>; 0 takes each once, in a random order. A grid draws none.</summary>
    public int Trials { get; init; }

    /// <summary>Of each trial, in place of its recipe's; 0 leaves them. Of successive halving, the most: those of the last rung.</summary>
    public int Epochs { get; init; }

    /// <summary>Of successive halving: the epochs of the first rung.</summary>
    public int MinEpochs { get; init; } = 1;

    /// <summary>Of successive halving: one trial in so many is promoted, 2 to 10, to so many times the epochs.</summary>
    public int Reduction { get; init; } = 3;

    /// <summary>Of what is drawn at random; the seeds of the runs are the recipes'.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The most runs that are unfinished at once; 0 is no limit, and <see cref="DefaultAshaParallel"/> for successive halving.</summary>
    public int Parallel { get; init; }

    public SweepMetric Metric { get; init; }

    /// <summary>Were all trials of successive halving begun at once, the first rung would be done in full before the second begins.</summary>
    public const int DefaultAshaParallel = 4;

    public double? MetricOf(double? validationLoss, double? validationAccuracy) => Metric == SweepMetric.ValidationLoss ? validationLoss : validationAccuracy;

    /// <summary>Everything that is wrong, one message each, naming the member; empty if the sweep is sound.</summary>
    public IReadOnlyList<string> Problems() => [.. SweepProblems.Of(this)];
}
