using System.Text.Json;
using XrayMlOps.Core;

namespace XrayMlOps.Storage.Access;

/// <summary>Who is behind the changes that are made while a request is answered. What is begun here holds for everything that the request calls, and nothing else.</summary>
public sealed class AuditTrail
{
    private static readonly AsyncLocal<AuditTrail?> s_current = new();

    private readonly Dictionary<string, object?> _before = [];
    private readonly Dictionary<string, object?> _after = [];

    private AuditTrail()
    {
    }

    /// <summary>Of the request that is being answered; null where a change is the platform's own.</summary>
    public static AuditTrail? Current => s_current.Value;

    public required string Caller { get; init; }

    public required string CallerName { get; init; }

    public required string Role { get; init; }

    public required string Action { get; init; }

    public required string Target { get; init; }

    public string? TraceId { get; init; }

    public string? RemoteAddress { get; init; }

    /// <summary>Whether an entry was written already.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>Begins the trail of the request that the caller of this method answers.</summary>
    public static AuditTrail Begin(string caller, string callerName, string role, string action, string target, string? traceId, string? remoteAddress) => s_current.Value = new AuditTrail
    {
        Caller = caller,
        CallerName = callerName,
        Role = role,
        Action = action,
        Target = target,
        TraceId = traceId,
        RemoteAddress = remoteAddress,
    };

    /// <summary>Notes a change that the database makes by itself, where no entity is saved.</summary>
    /// <param name="what">Kind and key, such as <c>Run/7</c>.</param>
    public static void Note(string what, object? before, object? after)
    {
        if (Current is not { } trail) return;
        if (before is not null) trail._before[what] = before;
        if (after is not null) trail._after[what] = after;
    }

    /// <summary>The entry of what was noted, and of what was saved besides.</summary>
    internal AuditEntry ToEntry(DateTimeOffset at, IEnumerable<AuditedChange> saved)
    {
        foreach (var change in saved) Note(change.What, change.Before, change.After);
        return ToEntry(at);
    }

    /// <summary>The entry of what was noted since the last one.</summary>
    public AuditEntry ToEntry(DateTimeOffset at)
    {
        IsWritten = true;
        var entry = new AuditEntry
        {
            At = at,
            Caller = Caller,
            CallerName = CallerName,
            Role = Role,
            Action = Action,
            Target = Target,
            Before = ToJson(_before),
            After = ToJson(_after),
            TraceId = TraceId,
            RemoteAddress = RemoteAddress,
        };
        _before.Clear();
        _after.Clear();
        return entry;
    }

    private static string? ToJson(Dictionary<string, object?> values) => values.Count == 0 ? null : JsonSerializer.Serialize(values, XrayJson.Compact);
}

/// <param name="What">Kind and key, such as <c>Schedule/nightly</c>.</param>
/// <param name="Before">Properties by name; null of what is new.</param>
/// <param name="After">Properties by name; null of what is gone.</param>
internal sealed record AuditedChange(string What, object? Before, object? After);
