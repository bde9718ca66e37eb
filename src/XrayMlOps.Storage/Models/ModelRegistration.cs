using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Preprocessing;
using XrayMlOps.Core.Runs;

namespace XrayMlOps.Storage.Models;

/// <summary>How models enter the registry and aliases move, whether a person asks (the API) or a run did (the worker).</summary>
/// <remarks>Both add to the context; the caller saves, inside a serialisable transaction that it began before.</remarks>
public static class ModelRegistration
{
    /// <summary>
    /// Makes the model of a run the next version under <paramref name="name"/>, or answers the version that it is there already.
    /// The run must have a model (<see cref="TrainingOutputs.Model"/>) among its artifacts.
    /// </summary>
    public static async Task<ModelVersion> RegisterModelAsync(
        this RegistryDbContext registry, string name, int runId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RequireTransaction(registry);
        if (await registry.ModelVersions.SingleOrDefaultAsync(version => version.ModelName == name && version.RunId == runId, cancellationToken) is { } existing)
            return existing;
        var run = await registry.Runs.SingleAsync(run => run.Id == runId, cancellationToken);
        var artifact = await registry.RunArtifacts.SingleAsync(artifact => artifact.RunId == runId && artifact.Name == TrainingOutputs.Model, cancellationToken);
        if (await registry.Models.FindAsync([name], cancellationToken) is null) registry.Models.Add(new RegisteredModel { Name = name, CreatedAt = now });
        var newest = await registry.ModelVersions.Where(version => version.ModelName == name).MaxAsync(version => (int?)version.Version, cancellationToken);
        var version = new ModelVersion
        {
            ModelName = name,
            Version = (newest ?? 0) + 1,
            RunId = runId,
            Digest = artifact.Digest,
            Bytes = artifact.Bytes,
            PreprocessingHash = new PreprocessingSpec { Height = run.Architecture.Input.Height, Width = run.Architecture.Input.Width }.Hash(),
            CreatedAt = now,
        };
        registry.ModelVersions.Add(version);
        return version;
    }

    /// <summary>Points an alias at a version and writes the ledger.</summary>
    public static async Task<Promotion> PromoteAsync(
        this RegistryDbContext registry, ModelVersion version, string alias, string? by, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RequireTransaction(registry);
        var pointer = await registry.ModelAliases.FindAsync([version.ModelName, alias], cancellationToken);
        var promotion = new Promotion
        {
            ModelName = version.ModelName,
            Alias = alias,
            Version = version.Version,
            PreviousVersion = pointer?.Version,
            By = by,
            Reason = reason,
            At = now,
        };
        if (pointer is null) registry.ModelAliases.Add(new ModelAlias { ModelName = version.ModelName, Alias = alias, Version = version.Version });
        else pointer.Version = version.Version;
        registry.Promotions.Add(promotion);
        return promotion;
    }

    private static void RequireTransaction(RegistryDbContext registry)
    {
        if (registry.Database.CurrentTransaction is null) throw new UnreachableException("Begin a transaction first: the next number is read here and written there.");
    }
}
