using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Training.Augmentations;
using XrayMlOps.Training.Checkpoints;
using XrayMlOps.Training.Data;
using XrayMlOps.Training.Devices;
using XrayMlOps.Training.Optimisation;
using XrayMlOps.Training.Scoring;
using static TorchSharp.torch;

namespace XrayMlOps.Training.Jobs;

/// <summary>Trains epoch after epoch, from where <paramref name="state"/> stands until the recipe says that it is enough.</summary>
/// <param name="kept">A checkpoint is replaced only once it was kept; null waits for nobody.</param>
internal sealed class TrainingLoop(
    JobFolder folder, TrainingJob job, FilmSet films, TrainingState state, Device device, Action<TrainerMessage> report, KeptEpochs? kept, TimeProvider time)
{
    private readonly TrainingRecipe _recipe = job.Recipe;
    private readonly int[] _training = films.Of(Split.Train);
    private readonly int[] _validation = films.Of(Split.Validation);

    /// <summary>Whether patience ran out before the epochs did.</summary>
    public bool StoppedEarly => _recipe.Patience > 0 && state.History.Count < _recipe.Epochs && state.History.Count - state.BestEpoch >= _recipe.Patience;

    /// <summary>Each finished epoch is reported once its checkpoint is on the disk.</summary>
    /// <exception cref="TrainingFailedException">The loss is no longer a number.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop; the last finished epoch's checkpoint is kept.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        using var objective = Objective.For(_recipe, films, _training, device);
        var memory = new MemoryWatch();
        var step = new TrainingStep(state.Network, state.Optimizer, objective);
        var restored = state.History.Count;
        while (state.History.Count < _recipe.Epochs && !StoppedEarly)
        {
            var metrics = RunEpoch(state.History.Count + 1, step, cancellationToken);
            state.Finish(metrics);
            if (metrics.Epoch - 1 > restored) kept?.WaitFor(metrics.Epoch - 1, cancellationToken);
            Checkpoint.Save(folder, job, state);
            report(new TrainerEpoch(metrics));
            if (memory.After(metrics.Epoch, new MemoryUse(metrics.MemoryBytes, metrics.DeviceMemoryBytes)) is { } growth) report(new TrainerWarning(growth));
        }
    }

    private EpochMetrics RunEpoch(int epoch, TrainingStep step, CancellationToken cancellationToken)
    {
        var batches = FilmOrder.Of(_training, _recipe.BatchSize, Seeds.Of(_recipe.Seed, Seeds.Purpose.Order, epoch));
        var augmenter = new FilmAugmenter(_recipe.Augmentation);
        var random = new Random(Seeds.Of(_recipe.Seed, Seeds.Purpose.Augmentation, epoch));
        var reporter = new StepReporter(report, time, epoch, batches.Count);
        using var figures = new RunningFigures(device);
        manual_seed(Seeds.Of(_recipe.Seed, Seeds.Purpose.Dropout, epoch));
        state.Network.train();

        var learningRate = 0.0;
        foreach (var (index, batch) in batches.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            learningRate = LearningRates.At(_recipe, state.Optimizer.Steps, batches.Count);
            step.Take(augmenter.Apply(films.Films(batch, device), random), films.LabelsOf(batch, device), learningRate, figures);
            reporter.After(index + 1, figures, learningRate);
        }
        var trainingTime = reporter.Elapsed;

        var logits = Scorer.Logits(state.Network, films, _validation, device, cancellationToken);
        ImageLabel[] labels = [.. _validation.Select(film => films.Labels[film])];
        var validationLoss = Probabilities.Loss(logits, labels);
        Divergence.Check(validationLoss, epoch, "on validation");
        var memory = MemoryUse.Now(device);
        return new EpochMetrics(
            epoch, figures.Loss, figures.Accuracy, validationLoss, Probabilities.Accuracy(logits, labels), learningRate,
            figures.Films / trainingTime.TotalSeconds, reporter.Elapsed.TotalSeconds, memory.Resident, memory.OnDevice);
    }
}
