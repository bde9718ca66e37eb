using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.Core;
using XrayMlOps.Core.Access;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Access;

namespace XrayMlOps.ControlPlane.Access;

/// <summary>Which entries of the audit log.</summary>
internal readonly record struct AuditQuery(
    [property: Description("Id or name of who made the change.")] string? Caller,
    [property: Description("Beginning of the path that was asked for, such as /api/models.")] string? Target,
    [property: Description("Not before.")] DateTimeOffset? From,
    [property: Description("Before.")] DateTimeOffset? To);

internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder api) => api.MapGet("/audit", List).RequireAuthorization(Policies.Administer).WithTags("Access");

    /// <summary>The latest first.</summary>
    private static async Task<Ok<Page<AuditEntryResponse>>> List(
        [AsParameters] AuditQuery query, [AsParameters] PageRequest page, RegistryDbContext registry, CancellationToken cancellationToken)
    {
        var before = page.Before;
        var (caller, target, from, to) = query;
        var entries = await registry.AuditEntries.AsNoTracking()
            .Where(entry => entry.Id < before)
            .Where(entry => caller == null || entry.Caller == caller || entry.CallerName == caller)
            .Where(entry => target == null || entry.Target.StartsWith(target))
            .Where(entry => from == null || entry.At >= from)
            .Where(entry => to == null || entry.At < to)
            .OrderByDescending(entry => entry.Id)
            .Take(page.Take)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(page.Of(entries, ToResponse, entry => entry.Id));
    }

    private static AuditEntryResponse ToResponse(AuditEntry entry) => new(
        entry.Id, entry.At, entry.Caller, entry.CallerName, entry.Role, entry.Action, entry.Target, Parse(entry.Before), Parse(entry.After), entry.TraceId, entry.RemoteAddress);

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);
}
