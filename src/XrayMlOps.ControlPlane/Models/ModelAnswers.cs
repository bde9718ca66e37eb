using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Core.Models;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Models;

namespace XrayMlOps.ControlPlane.Models;

/// <summary>Models as the API tells them.</summary>
internal static class ModelAnswers
{
    /// <summary>Newest first.</summary>
    public static async Task<IReadOnlyList<ModelVersionResponse>> ToResponsesAsync(
        this IQueryable<ModelVersion> versions, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var rows = await versions.AsNoTracking()
            .OrderByDescending(version => version.Version)
            .Select(version => new
            {
                Version = version,
                version.Run.ArchitectureName,
                version.Run.Evaluation,
                version.Run.DatasetVersion.DatasetName,
                version.Run.DatasetVersion.Number,
                Aliases = registry.ModelAliases.Where(alias => alias.ModelName == version.ModelName && alias.Version == version.Version).Select(alias => alias.Alias).ToList(),
            })
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => new ModelVersionResponse(
            row.Version.ModelName, row.Version.Version, row.Version.Digest, row.Version.Bytes, row.Version.RunId, $"{row.DatasetName}@{row.Number}", row.ArchitectureName,
            row.Version.PreprocessingHash, ImageLabels.Names, row.Version.CreatedAt, [.. row.Aliases.Order(StringComparer.Ordinal)],
            row.Evaluation!.Validation.LogLoss, row.Evaluation.Validation.Accuracy, row.Evaluation.Test))]; // a run that succeeded has its evaluation
    }

    /// <summary>The version that the query finds, or null.</summary>
    public static async Task<ModelVersionResponse?> ToResponseAsync(
        this IQueryable<ModelVersion> versions, RegistryDbContext registry, CancellationToken cancellationToken) =>
        (await versions.ToResponsesAsync(registry, cancellationToken)) is [var version] ? version : null;

    public static async Task<RegisteredModelResponse> ToResponseAsync(this RegisteredModel model, RegistryDbContext registry, CancellationToken cancellationToken) => new(
        model.Name,
        model.CreatedAt,
        await registry.ModelAliases.Where(alias => alias.ModelName == model.Name).OrderBy(alias => alias.Alias)
            .ToDictionaryAsync(alias => alias.Alias, alias => alias.Version, cancellationToken),
        await registry.ModelVersions.Where(version => version.ModelName == model.Name).ToResponsesAsync(registry, cancellationToken));
}
