namespace XrayMlOps.Core.Runs;

/// <summary>Losses are mean cross-entropies in nats; accuracies are shares, 0 to 1. Training figures are those seen while training (with dropout and augmentation).</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="MemoryBytes">Resident memory of the trainer when the epoch ended; 0 where it was not measured.</param>
/// <param name="DeviceMemoryBytes">Memory in use on the GPU when the epoch ended; null on a CPU.</param>
public sealed record EpochMetrics(
    int Epoch, double TrainLoss, double TrainAccuracy, double ValidationLoss, double ValidationAccuracy, double LearningRate, double ImagesPerSecond, double Seconds,
    long MemoryBytes = 0, long? DeviceMemoryBytes = null);
