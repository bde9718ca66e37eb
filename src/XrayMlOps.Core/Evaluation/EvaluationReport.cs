using XrayMlOps.Core.Datasets;

namespace XrayMlOps.Core.Evaluation;

/// <summary>How well a classifier does on labelled films. Shares are 0 to 1. Made by <see cref="Evaluator"/>.</summary>
/// <param name="N">Films.</param>
/// <param name="AccuracyInterval">95 % interval of the accuracy, see <see cref="Evaluator"/>.</param>
/// <param name="MacroF1">Mean of the classes' F1 over the classes that occur.</param>
/// <param name="MacroAuroc">Mean one-vs-rest area under the ROC curve; null unless at least two classes occur.</param>
/// <param name="LogLoss">Mean negative log-likelihood in nats.</param>
/// <param name="BrierScore">Mean over films of the squared distance between probabilities and the one-hot label, 0 to 2.</param>
/// <param name="ExpectedCalibrationError">Over 15 equal bins of the top probability (Guo et al. 2017).</param>
/// <param name="Confusion">Rows are true classes, columns predicted ones.</param>
public sealed record EvaluationReport(
    int N, double Accuracy, Interval AccuracyInterval, double MacroF1, double? MacroAuroc, double LogLoss, double BrierScore,
    double ExpectedCalibrationError, IReadOnlyList<ClassReport> Classes, IReadOnlyList<IReadOnlyList<int>> Confusion);

public sealed record Interval(double Low, double High);

/// <summary>One class against the rest; a figure is null where it has no meaning (no film of the class, or none predicted).</summary>
/// <param name="N">Films of the class.</param>
/// <param name="Sensitivity">Share of its films that were recognised (recall).</param>
/// <param name="Specificity">Share of the others that were not taken for it.</param>
/// <param name="Precision">Share of those taken for it that were it.</param>
public sealed record ClassReport(ImageLabel Label, int N, double? Sensitivity, double? Specificity, double? Precision, double? F1, double? Auroc);
