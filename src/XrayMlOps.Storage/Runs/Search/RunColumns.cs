using System.Linq.Expressions;
using XrayMlOps.Core.Runs.Search;

namespace XrayMlOps.Storage.Runs.Search;

/// <summary>Where the registry keeps what runs are searched and sorted by.</summary>
internal static class RunColumns
{
    /// <summary>The column of a field that has one value a run: of type int, double, RunState, DateTimeOffset or string, or nullable. Null for others.</summary>
    public static LambdaExpression? Find(RunField field) => field.Name switch
    {
        "id" => Of(run => run.Id),
        "state" => Of(run => run.State),
        "arch" => Of(run => run.ArchitectureName),
        "experiment" => Of(run => run.Experiment),
        "accuracy" => Of(run => run.ValidationAccuracy),
        "loss" => Of(run => run.ValidationLoss),
        "test_accuracy" => Of(run => run.TestAccuracy),
        "test_loss" => Of(run => run.TestLoss),
        "epochs" => Of(run => run.EpochsDone),
        "epochs_asked" => Of(run => run.EpochsAsked),
        "batch_size" => Of(run => run.BatchSize),
        "learning_rate" => Of(run => run.LearningRate),
        "seed" => Of(run => run.Seed),
        "created" => Of(run => run.CreatedAt),
        "ended" => Of(run => run.EndedAt),
        "schedule" => Of(run => run.Schedule),
        "sweep" => Of(run => run.SweepId),
        "trial" => Of(run => run.Trial),
        "worker" => Of(run => run.Worker),
        _ => null,
    };

    /// <summary>The body of <paramref name="lambda"/> with <paramref name="argument"/> for its parameter.</summary>
    public static Expression On(this LambdaExpression lambda, Expression argument) =>
        new Substitution(lambda.Parameters[0], argument).Visit(lambda.Body);

    /// <summary>A value that becomes a parameter of the query, so that searches for different values share one compiled query.</summary>
    public static Expression Parameter<T>(T value, Type type) =>
        Expression.Convert(Expression.Field(Expression.Constant(new Holder<T>(value)), nameof(Holder<>.Value)), type);

    private static Expression<Func<Run, T>> Of<T>(Expression<Func<Run, T>> column) => column;

    private sealed class Holder<T>(T value)
    {
        public readonly T Value = value;
    }

    private sealed class Substitution(ParameterExpression parameter, Expression argument) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? argument : node;
    }
}
