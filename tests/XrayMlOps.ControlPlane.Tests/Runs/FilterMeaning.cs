using XrayMlOps.Core.Runs.Search;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Tests.Runs;

/// <summary>What a filter means, said once more without a database.</summary>
internal static class FilterMeaning
{
    public static bool Meets(this Run run, RunFilter filter) => filter switch
    {
        NotFilter not => !run.Meets(not.Inner),
        BothFilters both => run.Meets(both.Left) && run.Meets(both.Right),
        EitherFilter either => run.Meets(either.Left) || run.Meets(either.Right),
        RunComparison comparison => Values(run, comparison).Any(value => Compare(value, comparison)),
        _ => throw new NotSupportedException(),
    };

    /// <summary>A figure of a run, or null.</summary>
    public static IComparable? Figure(this Run run, RunField field) => field.Name switch
    {
        "id" => run.Id,
        "accuracy" => run.ValidationAccuracy,
        "loss" => run.ValidationLoss,
        "test_accuracy" => run.TestAccuracy,
        "test_loss" => run.TestLoss,
        "epochs" => run.EpochsDone,
        "epochs_asked" => run.EpochsAsked,
        "batch_size" => run.BatchSize,
        "learning_rate" => run.LearningRate,
        "seed" => run.Seed,
        "created" => run.CreatedAt,
        "ended" => run.EndedAt,
        "sweep" => run.SweepId,
        "trial" => run.Trial,
        _ => throw new NotSupportedException(field.Name),
    };

    /// <summary>None where the run lacks it; several models are several values, of which one has to meet the comparison.</summary>
    private static IEnumerable<IComparable> Values(Run run, RunComparison comparison)
    {
        var isExact = comparison.Value is TextValue { Text: var text } && text.IndexOfAny(['@', ':']) >= 0 && comparison.Operator != RunOperator.Contains;
        IEnumerable<IComparable?> values = comparison.Field switch
        {
            { Tag: { } key } => run.Tags.Where(tag => tag.Key == key).Select(tag => tag.Value),
            { Name: "state" } => [run.State],
            { Name: "arch" } => [run.ArchitectureName],
            { Name: "experiment" } => [run.Experiment],
            { Name: "schedule" } => [run.Schedule],
            { Name: "worker" } => [run.Worker],
            { Name: "dataset" } => [isExact ? run.DatasetVersion.Reference : run.DatasetVersion.DatasetName],
            { Name: "model" } => run.Models.Select(model => isExact ? $"{model.ModelName}:{model.Version}" : model.ModelName),
            var field => [run.Figure(field)],
        };
        return values.OfType<IComparable>();
    }

    private static bool Compare(IComparable value, RunComparison comparison)
    {
        IComparable other = comparison.Value switch
        {
            NumberValue number => number.Number,
            WholeValue number => number.Number,
            TimeValue time => time.Time,
            StateValue state => state.State,
            var text => ((TextValue)text).Text,
        };
        if (comparison.Operator == RunOperator.Contains) return ((string)value).Contains((string)other, StringComparison.Ordinal);
        var order = value is string text1 ? string.CompareOrdinal(text1, (string)other) : value.CompareTo(other);
        return comparison.Operator switch
        {
            RunOperator.Equal => order == 0,
            RunOperator.NotEqual => order != 0,
            RunOperator.Less => order < 0,
            RunOperator.LessOrEqual => order <= 0,
            RunOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }
}
