namespace XrayMlOps.Core.Runs;

/// <summary>Losses are mean cross-entropies in nats; accuracies are shares, 0 to 1. Training figures are those seen while training (with dropout and augmentation).</summary>
/// <param name="Epoch">From 1.</param>
public sealed record EpochMetrics(
    int Epoch, double TrainLoss, double TrainAccuracy, double ValidationLoss, double ValidationAccuracy, double LearningRate, double ImagesPerSecond, double Seconds);
