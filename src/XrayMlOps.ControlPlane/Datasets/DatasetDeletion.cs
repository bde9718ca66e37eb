using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Access;
using XrayMlOps.Storage.Datasets;

namespace XrayMlOps.ControlPlane.Datasets;

/// <summary>Deletes dataset versions. A version leaves its row behind, which says when, by whom and why; its blobs go with the next collection.</summary>
internal sealed partial class DatasetDeletion(RegistryDbContext registry, TimeProvider clock, ILogger<DatasetDeletion> logger)
{
    private const int MostNamed = 20;

    /// <returns>Why the version cannot be deleted, or null if it is.</returns>
    public async Task<string?> DeleteAsync(DatasetVersion version, DeleteDatasetRequest request, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var users = await registry.UsersOfAsync(version, cancellationToken);
        if (users.Count > 0 && !request.Force)
        {
            var names = string.Join(", ", users.Take(MostNamed)) + (users.Count > MostNamed ? $" and {users.Count - MostNamed} more" : "");
            return $"{version.Reference} is used by {names}. To delete it all the same, give 'force' and a 'reason'.";
        }
        var now = clock.GetUtcNow();
        var deleted = await registry.DatasetVersions.Where(row => row.Id == version.Id && row.DeletedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.DeletedAt, now).SetProperty(row => row.DeletedBy, request.By).SetProperty(row => row.DeletedReason, request.Reason),
            cancellationToken);
        AuditTrail.Note($"DatasetVersion/{version.Id}", new { version.Reference, version.Digest }, new { DeletedAt = now, request.Reason, Users = users.Count });
        await registry.DatasetTags.Where(tag => tag.VersionId == version.Id).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (deleted == 1) LogDeleted(version.Reference, request.By ?? "somebody", request.Reason ?? "no reason given", users.Count);
        return null;
    }

    [LoggerMessage(10, LogLevel.Warning, "Dataset version {Version} was deleted by {By}: {Reason}. {Users} runs, models and versions used it")]
    private partial void LogDeleted(string version, string by, string reason, int users);
}

internal static class DeletionRequests
{
    /// <summary>What is wrong with a request to delete, or null.</summary>
    public static string? ProblemOf(this DeleteDatasetRequest request, string text)
    {
        if (DatasetReference.TryParse(text, out var reference) && reference is { Number: null, Digest: null })
            return $"'{text}' may name another version tomorrow: name the one to delete as '{reference.Name}@3' or '{reference.Name}@sha256:…'";
        if (request is { Force: true } && string.IsNullOrWhiteSpace(request.Reason)) return "force: give a 'reason' with it, which is kept";
        if (request.Reason is { Length: > 0 } reason && FilmFile.ProblemOfText(reason) is { } badReason) return $"reason: it {badReason}";
        if (request.By is { Length: > 0 } by && FilmFile.ProblemOfText(by) is { } badBy) return $"by: it {badBy}";
        return null;
    }
}
