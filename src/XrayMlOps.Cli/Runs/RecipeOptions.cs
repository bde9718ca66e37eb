using System.CommandLine;
using XrayMlOps.Cli.CommandLine;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Cli.Runs;

/// <summary>Overrides of an architecture's own recipe, shared by the verbs that ask for training.</summary>
internal sealed class RecipeOptions
{
    private readonly Option<int?> _epochs = new("--epochs") { Description = "The most epochs to train", HelpName = "N" };
    private readonly Option<int?> _batchSize = new("--batch-size") { Description = "Films a step", HelpName = "N" };
    private readonly Option<double?> _learningRate = new("--learning-rate") { Description = "Adam's step size", HelpName = "RATE" };
    private readonly Option<LearningRateSchedule?> _learningRateSchedule = new("--learning-rate-schedule")
    {
        Description = "How the learning rate goes on",
        HelpName = "constant|cosine",
    };
    private readonly Option<double?> _weightDecay = new("--weight-decay") { Description = "Decoupled weight decay", HelpName = "RATE" };
    private readonly Option<bool?> _classWeights = new("--class-weights") { Description = "Weigh each class by the inverse of its share" };
    private readonly Option<double?> _labelSmoothing = new("--label-smoothing")
    {
        Description = "Share of the label spread over all classes",
        HelpName = "SHARE",
    };
    private readonly Option<int?> _patience = new("--patience")
    {
        Description = "Stop after so many epochs without a lower validation loss; 0 never does",
        HelpName = "N",
    };
    private readonly Option<int?> _seed = new("--seed") { Description = "Of initial weights, order and dropout", HelpName = "N" };

    public void AddTo(Action<Option> add)
    {
        Option[] options = [_epochs, _batchSize, _learningRate, _learningRateSchedule, _weightDecay, _classWeights, _labelSmoothing, _patience, _seed];
        foreach (var option in options) add(option);
    }

    /// <summary><paramref name="recipe"/> with what the command line says instead.</summary>
    /// <exception cref="CommandFailure">A value is out of its range; every one is named.</exception>
    public TrainingRecipe Apply(TrainingRecipe recipe, ParseResult arguments)
    {
        var changed = Change(recipe, arguments);
        return changed.Problems() is { Count: > 0 } problems
            ? throw new CommandFailure(ExitCode.BadInput, string.Join("\n  ", problems))
            : changed;
    }

    private TrainingRecipe Change(TrainingRecipe recipe, ParseResult arguments) => recipe with
    {
        Epochs = arguments.GetValue(_epochs) ?? recipe.Epochs,
        BatchSize = arguments.GetValue(_batchSize) ?? recipe.BatchSize,
        LearningRate = arguments.GetValue(_learningRate) ?? recipe.LearningRate,
        Schedule = arguments.GetValue(_learningRateSchedule) ?? recipe.Schedule,
        WeightDecay = arguments.GetValue(_weightDecay) ?? recipe.WeightDecay,
        ClassWeights = arguments.GetValue(_classWeights) ?? recipe.ClassWeights,
        LabelSmoothing = arguments.GetValue(_labelSmoothing) ?? recipe.LabelSmoothing,
        Patience = arguments.GetValue(_patience) ?? recipe.Patience,
        Seed = arguments.GetValue(_seed) ?? recipe.Seed,
    };
}
