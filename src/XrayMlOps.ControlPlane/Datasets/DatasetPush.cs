using XrayMlOps.ControlPlane.Films;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>The versions that a push builds on.</summary>
internal sealed record PushOrigins(DatasetVersion? Base, DatasetVersion? FrozenTest);

/// <summary>Makes a dataset version of films that are in the registry.</summary>
internal sealed class DatasetPush(
    RegistryDbContext registry, MissingFilms missing, VersionAssembly assembly, DatasetPublication publication, ControlPlaneTelemetry telemetry)
{
    /// <summary>Finds the versions that a push builds on, or every one that is not there.</summary>
    public async Task<(PushOrigins Origins, IReadOnlyList<string> Problems)> FindOriginsAsync(PushPlan plan, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        return (new PushOrigins(await FindAsync("base", plan.Base), await FindAsync("freezeTest", plan.FreezeTest)), problems);

        async Task<DatasetVersion?> FindAsync(string what, DatasetReference? reference)
        {
            if (reference is null) return null;
            var version = await registry.FindDatasetVersionAsync(reference, cancellationToken);
            if (version is null) problems.Add($"{what} '{(what == "base" ? plan.Request.Base : plan.Request.FreezeTest)}': there is no such version");
            return version;
        }
    }

    /// <summary>Films of the push that were not uploaded. The others cannot be collected before the version is made.</summary>
    public Task<IReadOnlyList<string>> FindMissingAsync(PushPlan plan, CancellationToken cancellationToken) =>
        missing.FindManyAsync(plan.Films.Select(film => film.Digest), cancellationToken);

    /// <param name="packed">Told how many films are packed so far.</param>
    public async Task<PushEvent> RunAsync(PushPlan plan, PushOrigins origins, IProgress<PushProgress> packed, CancellationToken cancellationToken)
    {
        using var activity = telemetry.Activities.StartActivity("dataset.push");
        activity?.SetTag("dataset", plan.Dataset).SetTag("films", plan.Films.Count);
        var content = await assembly.AssembleAsync(plan, origins, cancellationToken);
        if (content.Refusal is { } refusal) return new PushRefused(refusal, content.LeftOut);
        if (plan.Request.Strict && content.LeftOut.Count > 0) return new PushRefused("strict: some films cannot be taken", content.LeftOut);
        return await publication.PublishAsync(plan, origins, content, packed, cancellationToken) switch
        {
            { Version: { } version, Created: var created } => new PushCompleted(version.ToResponse(), created, content.LeftOut, plan.Duplicates),
            { Refusal: var reason } => new PushRefused(reason!, content.LeftOut),
        };
    }
}
