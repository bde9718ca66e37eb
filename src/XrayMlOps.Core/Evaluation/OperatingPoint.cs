namespace XrayMlOps.Core.Evaluation;

/// <summary>
/// From which confidence on a model answers rather than abstains: selective classification with the probability of the most probable
/// class as confidence (Geifman and El-Yaniv, NeurIPS 2017). It is chosen on the validation split.
/// </summary>
/// <param name="Confidence">The lowest probability of the most probable class that counts as an answer, 0 to 1.</param>
/// <param name="TargetAccuracy">The accuracy that was asked for of the answers.</param>
/// <param name="Accuracy">The share of answers that were right on validation; null if there were none.</param>
/// <param name="Coverage">The share of validation films that were answered.</param>
public sealed record OperatingPoint(double Confidence, double TargetAccuracy, double? Accuracy, double Coverage);
