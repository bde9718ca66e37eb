using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using XrayMlOps.ServiceDefaults.Access;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Access;

namespace XrayMlOps.ControlPlane.Access;

/// <summary>Marks an endpoint that takes a POST and changes nothing, or nothing that its own table does not tell of.</summary>
internal sealed class NotAudited
{
    public static NotAudited Instance { get; } = new();
}

/// <summary>Marks an endpoint whose changes the audit log tells.</summary>
internal sealed class Audited
{
    public static Audited Instance { get; } = new();
}

/// <summary>The audit log's part in answering a request.</summary>
internal static class AuditedEndpoints
{
    /// <summary>
    /// Has every endpoint of the group that can change something leave an entry: with what it saves (<see cref="AuditTrail"/>), or, where it succeeds without saving
    /// anything, of that it was asked. None can be forgotten; those that change nothing say so (<see cref="ChangesNothing"/>).
    /// </summary>
    public static RouteGroupBuilder Audit(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<HttpMethodMetadata>().All(methods => methods.HttpMethods.All(IsSafe)) || endpoint.Metadata.OfType<NotAudited>().Any()) return;
            endpoint.Metadata.Add(Audited.Instance);
            var (pattern, answer) = (((RouteEndpointBuilder)endpoint).RoutePattern.RawText, endpoint.RequestDelegate!);
            endpoint.RequestDelegate = context => AnswerAsync(context, pattern!, answer);
        });
        return group;
    }

    public static TBuilder ChangesNothing<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(NotAudited.Instance);

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static async Task AnswerAsync(HttpContext context, string pattern, RequestDelegate answer)
    {
        var trail = AuditTrail.Begin(
            context.User.Id() ?? "nobody", context.User.Name() ?? "nobody", context.User.Roles(), $"{context.Request.Method} {pattern}", context.Request.Path.Value ?? "",
            Activity.Current?.TraceId.ToString(), context.Connection.RemoteIpAddress?.ToString());
        await answer(context);
        if (trail.IsWritten || context.Response.StatusCode >= StatusCodes.Status300MultipleChoices) return;
        await using var registry = await context.RequestServices.GetRequiredService<IDbContextFactory<RegistryDbContext>>().CreateDbContextAsync(CancellationToken.None);
        registry.AuditEntries.Add(trail.ToEntry(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow()));
        await registry.SaveChangesAsync(CancellationToken.None);
    }
}
