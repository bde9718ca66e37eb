using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Evaluation;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Data;
using XrayMlOps.Training.Networks;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Scoring;

/// <summary>Evaluates a finished network: temperature and operating point come from validation, and the temperature applies to all three splits.</summary>
internal static class BestEpochEvaluation
{
    public static (RunEvaluation Evaluation, OperatingPoint OperatingPoint) Of(
        int bestEpoch, Network network, FilmSet films, Device device, CancellationToken cancellationToken)
    {
        var validation = films.Of(Split.Validation);
        var logits = Scorer.Logits(network, films, validation, device, cancellationToken);
        var temperature = TemperatureScaling.Fit(logits, LabelsOf(films, validation));

        EvaluationReport Report(int[] positions, float[] scored) => Evaluator.Evaluate(
            LabelsOf(films, positions), Probabilities.Of(scored, temperature), [.. positions.Select(film => films.Patients[film])]);
        EvaluationReport ReportOf(Split split)
        {
            var positions = films.Of(split);
            return Report(positions, Scorer.Logits(network, films, positions, device, cancellationToken));
        }
        return (
            new RunEvaluation(bestEpoch, temperature, ReportOf(Split.Train), Report(validation, logits), ReportOf(Split.Test)),
            OperatingPoint.Choose(LabelsOf(films, validation), Probabilities.Of(logits, temperature)));
    }

    private static ImageLabel[] LabelsOf(FilmSet films, int[] positions) => [.. positions.Select(film => films.Labels[film])];
}
