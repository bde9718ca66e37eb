using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Optimisation;

namespace XrayMlOps.Training.Jobs;

/// <summary>Reports an epoch's progress a few times a second, and watches the loss as it does: reading it makes the device wait.</summary>
internal sealed class StepReporter(Action<TrainerMessage> report, TimeProvider time, int epoch, int steps)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);
    private readonly long _started = time.GetTimestamp();
    private long _reported = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <param name="step">From 1.</param>
    /// <exception cref="TrainingFailedException">The loss is no longer a number.</exception>
    public void After(int step, RunningFigures figures, double learningRate)
    {
        if (step < steps && time.GetElapsedTime(_reported) < Pause) return;
        var loss = figures.Loss;
        Divergence.Check(loss, epoch, $"step {step} of {steps}");
        report(new TrainerStep(epoch, step, steps, loss, figures.Films / Elapsed.TotalSeconds, learningRate));
        _reported = time.GetTimestamp();
    }
}
