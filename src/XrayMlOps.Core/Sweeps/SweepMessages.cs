using XrayMlOps.Core.Architectures;

namespace XrayMlOps.Core.Sweeps;

public enum SweepState
{
    Running,

    /// <summary>Its unfinished trials were cancelled; it may be resumed.</summary>
    Stopped,
    Completed,
}

public enum SweepStrategy
{
    /// <summary>Every combination.</summary>
    Grid,

    /// <summary>Combinations drawn at random (Bergstra and Bengio 2012).</summary>
    Random,

    /// <summary>Asynchronous successive halving (Li et al. 2020): many combinations for few epochs, the best of them for more.</summary>
    Asha,
}

/// <summary>What a sweep searches, and how.</summary>
public sealed record SweepSpec
{
    public required string Name { get; init; }

    public SweepStrategy Strategy { get; init; }

    public required IReadOnlyList<Architecture> Architectures { get; init; }
}
