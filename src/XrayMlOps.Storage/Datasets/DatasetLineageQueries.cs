using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Runs;
using XrayMlOps.Core.Sweeps;

namespace XrayMlOps.Storage.Datasets;

public static class DatasetLineageQueries
{
    /// <summary>What came from a version, and what it came from.</summary>
    /// <param name="version">With its base.</param>
    public static async Task<DatasetLineage> LineageOfAsync(this RegistryDbContext registry, DatasetVersion version, CancellationToken cancellationToken)
    {
        var derived = await registry.LiveDatasetVersions().Where(other => other.BaseId == version.Id).OrderBy(other => other.Id).ToListAsync(cancellationToken);
        var runs = await registry.Runs.Where(run => run.DatasetVersionId == version.Id).OrderByDescending(run => run.Id).Select(run => run.Id).ToListAsync(cancellationToken);
        return new DatasetLineage(version.Base?.Reference, [.. derived.Select(other => other.Reference)], runs, await registry.ModelsOfAsync(version, cancellationToken));
    }

    /// <summary>
    /// What would miss a version: runs that did not fail, sweeps that may still ask for runs, models, and versions that keep its test set; each as a person names it.
    /// </summary>
    public static async Task<IReadOnlyList<string>> UsersOfAsync(this RegistryDbContext registry, DatasetVersion version, CancellationToken cancellationToken)
    {
        var runs = await registry.Runs
            .Where(run => run.DatasetVersionId == version.Id && run.State != RunState.Failed && run.State != RunState.Cancelled)
            .OrderBy(run => run.Id).Select(run => run.Id).ToListAsync(cancellationToken);
        var sweeps = await registry.Sweeps
            .Where(sweep => sweep.DatasetVersionId == version.Id && sweep.State != SweepState.Completed)
            .OrderBy(sweep => sweep.Id).Select(sweep => sweep.Id).ToListAsync(cancellationToken);
        var frozen = await registry.LiveDatasetVersions().Where(other => other.FrozenTestId == version.Id).OrderBy(other => other.Id).ToListAsync(cancellationToken);
        return
        [
            .. runs.Select(run => $"run {run}"),
            .. sweeps.Select(sweep => $"sweep {sweep}"),
            .. (await registry.ModelsOfAsync(version, cancellationToken)).Select(model => $"model {model}"),
            .. frozen.Select(other => $"version {other.Reference}, which keeps its test set"),
        ];
    }

    private static async Task<IReadOnlyList<string>> ModelsOfAsync(this RegistryDbContext registry, DatasetVersion version, CancellationToken cancellationToken)
    {
        var models = await registry.ModelVersions
            .Where(model => registry.Runs.Any(run => run.Id == model.RunId && run.DatasetVersionId == version.Id))
            .OrderBy(model => model.ModelName).ThenBy(model => model.Version).Select(model => new { model.ModelName, model.Version }).ToListAsync(cancellationToken);
        return [.. models.Select(model => $"{model.ModelName}:{model.Version}")];
    }
}
