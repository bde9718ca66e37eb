namespace XrayMlOps.Core.Runs;

/// <summary>How long the epochs of a run will still take, its scoring and export not counted.</summary>
public static class RunPace
{
    /// <summary>Seconds, by the pace of the finished epochs (validation included), else by that of the running one.</summary>
    /// <param name="epochs">Asked for.</param>
    /// <param name="secondsPerEpoch">Mean of the finished ones; null before the first.</param>
    public static double SecondsLeft(TrainerStep step, int epochs, int batchSize, double? secondsPerEpoch)
    {
        var done = step.Epoch - 1 + step.Step / (double)Math.Max(step.Steps, 1);
        var pace = secondsPerEpoch ?? step.Steps * batchSize / Math.Max(step.ImagesPerSecond, 1e-3);
        return Math.Max(epochs - done, 0) * pace;
    }
}
