namespace XrayMlOps.Core.Datasets;

/// <summary>How a version's films are divided. The shares are of films, and sum to 1.</summary>
public sealed record SplitRule
{
    public double Train { get; init; } = 0.7;

    public double Validation { get; init; } = 0.1;

    public double Test { get; init; } = 0.2;

    public int Seed { get; init; } = 1;

    public IReadOnlyList<string> Problems() =>
        Train is > 0 and < 1 && Validation is > 0 and < 1 && Test is > 0 and < 1 && Math.Abs(Train + Validation + Test - 1) < 1e-9
            ? []
            : [$"split: train {Train}, validation {Validation} and test {Test} must each be above 0 and sum to 1"];

    internal double Share(Split split) => split switch
    {
        Split.Train => Train,
        Split.Validation => Validation,
        _ => Test,
    };
}
