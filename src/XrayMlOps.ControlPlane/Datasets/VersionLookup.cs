using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>A dataset version that a request names, or the answer that it is not to be had. Exactly one is there.</summary>
internal readonly record struct FoundVersion(DatasetVersion? Version, ProblemHttpResult? Problem)
{
    /// <summary>Whether the reference will always name this version, so that what is read of it may be cached for good.</summary>
    public bool IsForGood { get; init; }
}

internal static class VersionLookup
{
    /// <summary>Finds a version by a reference as a person writes it. One that was deleted is answered with 410, which says when and why.</summary>
    public static async Task<FoundVersion> FindVersionAsync(this RegistryDbContext registry, string text, CancellationToken cancellationToken)
    {
        if (!DatasetReference.TryParse(text, out var reference))
            return new(null, Refuse.NotFound($"'{text}' names no dataset version. Name one as {DatasetReference.Forms}."));
        var isForGood = reference.Number is not null || reference.Digest is not null;
        if (await registry.FindDatasetVersionAsync(reference, cancellationToken) is { } version) return new(version, null) { IsForGood = isForGood };
        if (isForGood && await FindDeletedAsync(registry, reference, cancellationToken) is { } deleted) return new(null, Gone(deleted));
        return new(null, Refuse.NotFound($"There is no dataset version '{text}'. Name one as {DatasetReference.Forms}."));
    }

    private static Task<DatasetVersion?> FindDeletedAsync(RegistryDbContext registry, DatasetReference reference, CancellationToken cancellationToken) =>
        registry.DatasetVersions.AsNoTracking()
            .Where(version => version.DatasetName == reference.Name && (version.Number == reference.Number || version.Digest == reference.Digest))
            .OrderByDescending(version => version.Number).FirstOrDefaultAsync(cancellationToken);

    private static ProblemHttpResult Gone(DatasetVersion version)
    {
        var by = version.DeletedBy is { } who ? $" by {who}" : "";
        var why = version.DeletedReason is { } reason ? $": {reason}" : "; no reason was given";
        return Refuse.Gone(string.Create(CultureInfo.InvariantCulture, $"{version.Reference} was deleted on {version.DeletedAt:u}{by}{why}."));
    }
}
