using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Runs.Search;

namespace XrayMlOps.Storage.Runs.Search;

public static class RunSearch
{
    /// <summary>The runs that meet a filter; all of them if it is null.</summary>
    public static IQueryable<Run> Meeting(this IQueryable<Run> runs, RunFilter? filter) => filter is null ? runs : runs.Where(RunPredicate.Of(filter));

    /// <summary>
    /// The first <paramref name="take"/> of <paramref name="runs"/>, a query on <paramref name="registry"/>, in an order, after a cursor if there is one. It
    /// finds their numbers first and then reads these runs only: sorting whole rows, or every run's model, takes several times as long.
    /// </summary>
    public static async Task<IReadOnlyList<(RunSummary Run, RunCursor Cursor)>> SummariesAsync(
        this RegistryDbContext registry, IQueryable<Run> runs, RunSort sort, RunCursor? after, int take, CancellationToken cancellationToken)
    {
        var ids = await runs.InOrder(sort, after).Take(take).Select(run => run.Id).ToListAsync(cancellationToken);
        var models = await registry.ModelVersions.Where(model => ids.Contains(model.RunId)).OrderBy(model => model.Id)
            .Select(model => new { model.RunId, model.ModelName, model.Version }).ToListAsync(cancellationToken);
        var firstModels = models.GroupBy(model => model.RunId).ToDictionary(group => group.Key, group => $"{group.First().ModelName}:{group.First().Version}");
        var rows = await registry.Runs.Where(run => ids.Contains(run.Id))
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
            })
            .ToDictionaryAsync(run => run.Id, cancellationToken);
        List<(RunSummary, RunCursor)> summaries = [];
        foreach (var id in ids)
        {
            if (!rows.TryGetValue(id, out var run)) continue;
            object? sortedBy = sort.Field.Name switch
            {
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
                _ => run.Id,
            };
            var summary = new RunSummary(
                run.Id, run.State, run.Reason, run.Experiment, $"{run.Dataset}@{run.Number}", run.ArchitectureName, run.CreatedAt, run.EndedAt,
                run.EpochsDone, run.EpochsAsked, run.ValidationLoss, run.ValidationAccuracy, run.TestLoss, run.TestAccuracy,
                firstModels.GetValueOrDefault(id), run.SweepId);
            summaries.Add((summary, new RunCursor(sortedBy ?? run.Id, run.Id)));
        }
        return summaries;
    }
}
