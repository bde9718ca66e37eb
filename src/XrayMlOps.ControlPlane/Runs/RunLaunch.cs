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

/// <summary>What asking for a run came to.</summary>
/// <param name="RunId">Null if it was refused.</param>
/// <param name="Problems">Everything that is wrong with what was asked.</param>
internal sealed record Launched(int? RunId, IReadOnlyList<string> Problems)
{
    public static Launched Refused(params IReadOnlyList<string> problems) => new(null, problems);
}

/// <summary>Makes runs, whether a person asks, a schedule or a sweep. What is asked for in a transaction, the workers are told by <see cref="TellWorkersAsync"/>.</summary>
internal sealed partial class RunLaunch(RegistryDbContext registry, IBackgroundJobClient jobs, TimeProvider clock, ILogger<RunLaunch> logger)
{
    private readonly Queue<Run> _untold = [];

    /// <summary>Writes a queued run and tells the workers.</summary>
    public async Task<Launched> LaunchAsync(TrainRequest request, CancellationToken cancellationToken, RunOrigin? origin = null)
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
        if (dataset is null || problems.Count > 0) return Launched.Refused(problems);

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
            SweepId = origin?.Sweep,
            Trial = origin?.Trial,
            Rung = origin?.Rung,
            RegisterAs = request.RegisterAs,
            Alias = request.Alias,
            Schedule = request.Schedule,
            GitCommit = request.GitCommit,
            CreatedAt = clock.GetUtcNow(),
        };
        foreach (var (key, value) in request.Tags ?? new Dictionary<string, string>()) run.Tags.Add(new RunTag { Key = key, Value = value });
        return await QueueAsync(run, cancellationToken);
    }

    /// <summary>Asks for a run that goes on from the checkpoint of one that has ended, to <paramref name="epochs"/> epochs in all.</summary>
    /// <param name="from">With its epochs, artifacts and tags.</param>
    /// <param name="rung">Of the sweep that <paramref name="from"/> is a trial of; null keeps it.</param>
    public async Task<Launched> ContinueAsync(Run from, int epochs, CancellationToken cancellationToken, int? rung = null)
    {
        if (!from.State.IsEnd()) return Launched.Refused($"run {from.Id} is {from.State.ToString().ToLowerInvariant()}: only one that has ended can be resumed");
        if (from.Artifacts.SingleOrDefault(artifact => artifact.Name == TrainingOutputs.Checkpoint) is not { } checkpoint)
            return Launched.Refused($"run {from.Id} has no checkpoint: no epoch of it was finished; train anew");
        if (from.State == RunState.Succeeded && epochs <= from.Epochs.Count)
            return Launched.Refused($"run {from.Id} has {from.Epochs.Count} epochs already: ask for more than that, as in +10");
        if (epochs < from.Epochs.Count) return Launched.Refused($"run {from.Id} has {from.Epochs.Count} epochs already: {epochs} are fewer");
        var recipe = from.Recipe with { Epochs = epochs };
        if (recipe.Problems() is { Count: > 0 } problems) return Launched.Refused(problems);

        var run = Copy(from, recipe, from.ThreadsAsked, continues: from.Id, repeats: null, rung ?? from.Rung);
        foreach (var epoch in from.Epochs) run.Epochs.Add(RunEpoch.Of(0, epoch.ToMetrics()));
        run.Artifacts.Add(new RunArtifact { Name = checkpoint.Name, Digest = checkpoint.Digest, Bytes = checkpoint.Bytes });
        return await QueueAsync(run, cancellationToken);
    }

    /// <summary>Asks for the same run once more: same data, network, recipe and number of threads. Its model is not registered.</summary>
    /// <param name="of">With its tags.</param>
    public Task<Launched> RepeatAsync(Run of, CancellationToken cancellationToken) =>
        QueueAsync(Copy(of, of.Recipe, of.Threads ?? of.ThreadsAsked, continues: null, repeats: of.Id, rung: null), cancellationToken);

    /// <summary>Every problem of a network, including what a hand-written JSON can leave null.</summary>
    public static IReadOnlyList<string> ProblemsOf(Architecture architecture) =>
        architecture.Layers.Any(layer => layer is null) ? ["layers: one of them is null"] : LayerTable.Of(architecture).Problems;

    private Run Copy(Run from, TrainingRecipe recipe, int threads, int? continues, int? repeats, int? rung)
    {
        var run = new Run
        {
            DatasetVersionId = from.DatasetVersionId,
            Architecture = from.Architecture,
            ArchitectureName = from.ArchitectureName,
            ArchitectureDigest = from.ArchitectureDigest,
            Parameters = from.Parameters,
            Recipe = recipe,
            Experiment = from.Experiment,
            Need = from.Need,
            ThreadsAsked = threads,
            Limits = from.Limits,
            Continues = continues,
            Repeats = repeats,
            SweepId = repeats is null ? from.SweepId : null,
            Trial = repeats is null ? from.Trial : null,
            Rung = rung,
            RegisterAs = repeats is null ? from.RegisterAs : null,
            Alias = repeats is null ? from.Alias : null,
            GitCommit = from.GitCommit,
            CreatedAt = clock.GetUtcNow(),
            EpochsDone = continues is null ? 0 : from.EpochsDone,
            ValidationLoss = continues is null ? null : from.ValidationLoss,
            ValidationAccuracy = continues is null ? null : from.ValidationAccuracy,
        };
        foreach (var tag in from.Tags) run.Tags.Add(new RunTag { Key = tag.Key, Value = tag.Value });
        return run;
    }

    /// <summary>To be called once the transaction is committed in which runs were asked for: a job that comes before its run finds none, and is lost.</summary>
    public async Task TellWorkersAsync(CancellationToken cancellationToken)
    {
        while (_untold.TryDequeue(out var run))
        {
            try
            {
                await jobs.EnqueueTrainingAsync(registry, run.Id, run.Need, clock.GetUtcNow(), cancellationToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                LogNotEnqueued(problem, run.Id); // the run is there; a worker's reconciler finds it
            }
        }
    }

    private async Task<Launched> QueueAsync(Run run, CancellationToken cancellationToken)
    {
        registry.Runs.Add(run);
        await registry.SaveChangesAsync(cancellationToken);
        _untold.Enqueue(run);
        if (registry.Database.CurrentTransaction is null) await TellWorkersAsync(cancellationToken);
        return new Launched(run.Id, []);
    }

    [LoggerMessage(24, LogLevel.Warning, "No job could be put on the queue for run {RunId}; a worker will find the run by itself")]
    private partial void LogNotEnqueued(Exception problem, int runId);
}
