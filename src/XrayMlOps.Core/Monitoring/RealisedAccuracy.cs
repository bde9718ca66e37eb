using XrayMlOps.Core.Evaluation;

namespace XrayMlOps.Core.Monitoring;

/// <summary>How right a model version was in service, from the labels that humans gave later.</summary>
/// <param name="From">Start of the period, by the time of the prediction.</param>
/// <param name="To">End of the period, exclusive.</param>
/// <param name="Predictions">Made in the period.</param>
/// <param name="Labelled">Of those, how many a human has labelled.</param>
/// <param name="Accuracy">Share of the labelled that were right; null where none is labelled.</param>
/// <param name="Interval">Wilson's 95 % interval of it.</param>
public sealed record RealisedAccuracy(
    string Model, int Version, DateTimeOffset From, DateTimeOffset To, int Predictions, int Labelled, int Correct, double? Accuracy, Interval? Interval);

/// <param name="PeriodHours">Length of each period, 1 to 8,760.</param>
public sealed record RealisedAccuracyResponse(string Model, int PeriodHours, IReadOnlyList<RealisedAccuracy> Periods, IReadOnlyList<RealisedAccuracy> Overall);
