using Hangfire;
using XrayMlOps.Core.Architectures;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Core.Runs;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;
using XrayMlOps.Storage.Jobs;
using XrayMlOps.Storage.Runs;

namespace XrayMlOps.ControlPlane.Runs;

/// <summary>Makes runs, whether a person asks or a schedule does.</summary>
internal sealed class RunLaunch(RegistryDbContext registry, IBackgroundJobClient jobs, TimeProvider clock)
{
    /// <summary>Writes a queued run and tells the workers.</summary>
    /// <returns>The run's id, or every problem of the request.</returns>
    public async Task<(int? RunId, IReadOnlyList<string> Problems)> LaunchAsync(TrainRequest request, CancellationToken cancellationToken)
    {
        var recipe = request.Recipe ?? request.Architecture.Recipe;
        List<string> problems = [.. ProblemsOf(request.Architecture), .. recipe.Problems()];
        if (request.RegisterAs is { } model && !ModelReference.IsName(model)) problems.Add($"registerAs '{model}': {DatasetReference.NameRule} are allowed");
        if (request.Alias is { } alias && !ModelReference.IsName(alias)) problems.Add($"alias '{alias}': {DatasetReference.NameRule} are allowed");
        if (request is { Alias: not null, RegisterAs: null }) problems.Add($"alias '{request.Alias}': an alias needs a model to point at; give registerAs too");
        if (!DatasetReference.IsName(request.Experiment)) problems.Add($"experiment '{request.Experiment}': {DatasetReference.NameRule} are allowed");
        problems.AddRange(RunTags.ProblemsOf(request.Tags));
        if (request.Threads is < 0 or > TrainRequest.MostThreads) problems.Add($"threads {request.Threads}; 0 (the worker's choice) to {TrainRequest.MostThreads:N0} are allowed");
        problems.AddRange((request.Limits ?? new RunLimits()).Problems());
        var dataset = DatasetReference.TryParse(request.Dataset, out var reference) ? await registry.FindDatasetVersionAsync(reference, cancellationToken) : null;
        if (dataset is null) problems.Add($"dataset '{request.Dataset}': there is no such version; push it first, or name one as 'name', 'name@3' or 'name@sha256:…'");
        if (dataset is null || problems.Count > 0) return (null, problems);

        var run = new Run
        {
            DatasetVersionId = dataset.Id,
            Architecture = request.Architecture,
            ArchitectureName = request.Architecture.Name,
            ArchitectureDigest = request.Architecture.Digest(),
            Parameters = LayerTable.Of(request.Architecture).Parameters,
            Recipe = recipe,
            Experiment = request.Experiment,
            Need = request.Need,
            ThreadsAsked = request.Threads,
            Limits = request.Limits ?? new RunLimits(),
            RegisterAs = request.RegisterAs,
            Alias = request.Alias,
            Schedule = request.Schedule,
            GitCommit = request.GitCommit,
            CreatedAt = clock.GetUtcNow(),
        };
        foreach (var (key, value) in request.Tags ?? new Dictionary<string, string>()) run.Tags.Add(new RunTag { Key = key, Value = value });
        registry.Runs.Add(run);
        await registry.SaveChangesAsync(cancellationToken);
        jobs.EnqueueTraining(run.Id);
        return (run.Id, []);
    }

    /// <summary>Every problem of a network, including what a hand-written JSON can leave null.</summary>
    public static IReadOnlyList<string> ProblemsOf(Architecture architecture) =>
        architecture.Layers.Any(layer => layer is null) ? ["layers: one of them is null"] : LayerTable.Of(architecture).Problems;
}
