using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Runs.Search;

namespace XrayMlOps.Storage.Runs.Search;

public static class RunSearch
{
    /// <summary>The runs that meet a filter; all of them if it is null.</summary>
    public static IQueryable<Run> Meeting(this IQueryable<Run> runs, RunFilter? filter) => filter is null ? runs : runs.Where(RunPredicate.Of(filter));

    /// <summary>The first <paramref name="take"/> runs in an order, after a cursor if there is one. Reads columns only: no epoch and none of the fat ones.</summary>
    public static async Task<IReadOnlyList<(RunSummary Run, RunCursor Cursor)>> SummariesAsync(
        this IQueryable<Run> runs, RunSort sort, RunCursor? after, int take, CancellationToken cancellationToken)
    {
        var rows = await runs.AsNoTracking().InOrder(sort, after).Take(take)
            .Select(run => new
            {
                run.Id,
                run.State,
                run.Reason,
                run.Experiment,
                Dataset = run.DatasetVersion.DatasetName,
                run.DatasetVersion.Number,
                run.ArchitectureName,
                run.CreatedAt,
                run.EndedAt,
                run.EpochsDone,
                run.EpochsAsked,
                run.BatchSize,
                run.LearningRate,
                run.Seed,
                run.ValidationLoss,
                run.ValidationAccuracy,
                run.TestLoss,
                run.TestAccuracy,
                run.SweepId,
                run.Trial,
                Model = run.Models.OrderBy(model => model.Id).Select(model => new { model.ModelName, model.Version }).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(run =>
            {
                var summary = new RunSummary(
                    run.Id, run.State, run.Reason, run.Experiment, $"{run.Dataset}@{run.Number}", run.ArchitectureName, run.CreatedAt, run.EndedAt,
                    run.EpochsDone, run.EpochsAsked, run.ValidationLoss, run.ValidationAccuracy, run.TestLoss, run.TestAccuracy,
                    run.Model is { } model ? $"{model.ModelName}:{model.Version}" : null, run.SweepId);
                return (summary, new RunCursor(SortedBy(), run.Id));

                object SortedBy() => sort.Field.Name switch
                {
                    "accuracy" => run.ValidationAccuracy!,
                    "loss" => run.ValidationLoss!,
                    "test_accuracy" => run.TestAccuracy!,
                    "test_loss" => run.TestLoss!,
                    "epochs" => run.EpochsDone,
                    "epochs_asked" => run.EpochsAsked,
                    "batch_size" => run.BatchSize,
                    "learning_rate" => run.LearningRate,
                    "seed" => run.Seed,
                    "created" => run.CreatedAt,
                    "ended" => run.EndedAt!,
                    "sweep" => run.SweepId!,
                    "trial" => run.Trial!,
                    _ => run.Id,
                };
            }),
        ];
    }
}
