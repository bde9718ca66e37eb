using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage.Models;

namespace XrayMlOps.Storage.Runs;

public static class RunQueries
{
    /// <summary>A run as the API tells it, or null.</summary>
    public static async Task<RunResponse?> FindRunResponseAsync(this RegistryDbContext registry, int runId, CancellationToken cancellationToken)
    {
        var run = await registry.Runs.AsNoTracking().AsSplitQuery()
            .Include(run => run.DatasetVersion).Include(run => run.Epochs).Include(run => run.Artifacts).Include(run => run.Models).Include(run => run.Tags)
            .SingleOrDefaultAsync(run => run.Id == runId, cancellationToken);
        return run?.ToResponse();
    }

    /// <summary>Needs the run's dataset version, epochs, artifacts, models and tags loaded.</summary>
    private static RunResponse ToResponse(this Run run) => new(
        run.Id, run.State, run.Reason, run.DatasetVersion.Reference, run.DatasetVersion.Digest, run.ArchitectureName, run.ArchitectureDigest, run.Recipe,
        run.RegisterAs, run.Alias, run.Schedule, run.CreatedAt, run.StartedAt, run.EndedAt, run.Attempt, run.Worker, run.Device, run.Threads,
        run.Packages ?? new Dictionary<string, string>(), run.GitCommit, run.Parameters,
        [.. run.Epochs.OrderBy(epoch => epoch.Epoch).Select(epoch => epoch.ToMetrics())], run.Step, run.Evaluation,
        run.Artifacts.ToDictionary(artifact => artifact.Name, artifact => artifact.Digest), run.Models.FirstReference(),
        run.Experiment, run.Tags.ToDictionary(tag => tag.Key, tag => tag.Value), run.Need, run.Limits,
        new RunOrigin(run.Continues, run.Repeats, run.SweepId, run.Trial, run.Rung), run.Environment ?? new Dictionary<string, string>(), run.Warning, run.WeightsDigest);

    private static string? FirstReference(this IEnumerable<ModelVersion> models) =>
        models.MinBy(model => model.Id) is { } model ? $"{model.ModelName}:{model.Version}" : null;
}
