using Spectre.Console;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs.Comparing;

/// <summary>How far apart two curves are, epoch by epoch, over the epochs that both have.</summary>
internal sealed record CurveDifference(double Largest, double Mean)
{
    public static CurveDifference? Between(RunResponse first, RunResponse again, Func<EpochMetrics, double> figure)
    {
        var differences = first.Epochs.Join(again.Epochs, epoch => epoch.Epoch, epoch => epoch.Epoch, (one, other) => Math.Abs(figure(one) - figure(other))).ToArray();
        return differences is [] ? null : new CurveDifference(differences.Max(), differences.Average());
    }
}

/// <summary>How a run that was done again differs from the first.</summary>
/// <param name="Epochs">That both have.</param>
/// <param name="SameWeights">Bit for bit; null where one of them did not say.</param>
/// <param name="Parameters">What was not the same for both.</param>
internal sealed record RepeatDifference(
    int First, int Again, int Epochs, CurveDifference? TrainLoss, CurveDifference? ValidationLoss, bool? SameWeights, IReadOnlyList<DifferingParameter> Parameters)
{
    public static RepeatDifference Between(RunResponse first, RunResponse again) => new(
        first.Id, again.Id, Math.Min(first.Epochs.Count, again.Epochs.Count),
        CurveDifference.Between(first, again, epoch => epoch.TrainLoss), CurveDifference.Between(first, again, epoch => epoch.ValidationLoss),
        first.WeightsDigest is null || again.WeightsDigest is null ? null : first.WeightsDigest == again.WeightsDigest,
        RunParameters.Differing([first, again]));
}

internal static class RepeatDifferenceView
{
    public static void WriteDifference(this IAnsiConsole console, RepeatDifference difference)
    {
        console.MarkupLineInterpolated($"\n  [bold]Run {difference.Again} beside run {difference.First}[/]");
        console.WriteFacts(
            ("Epochs compared", difference.Epochs.ToString()),
            ("Train loss", Describe(difference.TrainLoss)),
            ("Validation loss", Describe(difference.ValidationLoss)),
            ("Weights", difference.SameWeights switch { true => "the same bit for bit", false => "differ", null => "unknown: one of the two did not say" }));
        if (difference.Parameters.Count == 0) console.WriteLine("  Device, threads, packages and environment are the same.");
        else console.WriteWhole(ComparisonView.ParameterTable([difference.First, difference.Again], difference.Parameters));
    }

    private static string Describe(CurveDifference? difference) => difference switch
    {
        null => Figures.None,
        { Largest: 0 } => "the same in every epoch",
        _ => $"differs by {difference.Largest:0.######} at most, {difference.Mean:0.######} on average",
    };
}
