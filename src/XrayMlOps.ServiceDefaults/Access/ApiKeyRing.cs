using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using XrayMlOps.Core.Access;

namespace XrayMlOps.ServiceDefaults.Access;

/// <summary>
/// The keys that this host knows, in memory: those of its configuration, of the registry, and of this process itself. Each source replaces its own at any time,
/// and the next request sees them. A request costs a digest and a look into a table.
/// </summary>
public sealed class ApiKeyRing(TimeProvider clock)
{
    private readonly Lock _writing = new();
    private readonly Dictionary<string, IReadOnlyList<ApiKeyVerifier>> _sources = [];
    private FrozenDictionary<ApiKeyDigest, RingKey> _keys = FrozenDictionary<ApiKeyDigest, RingKey>.Empty;

    /// <summary>Puts a source's keys in the place of those that it gave before.</summary>
    public void Replace(string source, IReadOnlyList<ApiKeyVerifier> keys)
    {
        lock (_writing)
        {
            _sources[source] = keys;
            Dictionary<ApiKeyDigest, RingKey> all = [];
            foreach (var key in _sources.Values.SelectMany(of => of)) all.TryAdd(ApiKeyDigest.Parse(key.Digest), new RingKey(key));
            Volatile.Write(ref _keys, all.ToFrozenDictionary());
        }
    }

    /// <summary>The key that a text is, if it is in order.</summary>
    internal RingKey? Find(ReadOnlySpan<char> text) =>
        Volatile.Read(ref _keys).TryGetValue(ApiKeyDigest.Of(text), out var key) && key.ProblemAt(clock.GetUtcNow()) is null ? key : null;

    /// <summary>Whether a caller's key is still in order.</summary>
    /// <param name="caller">See <see cref="Caller.Id"/>.</param>
    internal bool Knows(string caller) => Volatile.Read(ref _keys).Values.Any(key => key.Caller.Id() == caller && key.ProblemAt(clock.GetUtcNow()) is null);

    /// <summary>Whose key a text is, or why it is nobody's.</summary>
    internal AuthenticateResult Check(ReadOnlySpan<char> text)
    {
        if (!Volatile.Read(ref _keys).TryGetValue(ApiKeyDigest.Of(text), out var key)) return ApiKeyRefusal.Unknown;
        return key.ProblemAt(clock.GetUtcNow()) is { } problem ? ApiKeyRefusal.Of(problem) : AuthenticateResult.Success(new AuthenticationTicket(key.Caller, ApiKeyHandler.Scheme));
    }
}

/// <summary>A key on the ring, and whom it stands for: made once, so that a request allocates nothing.</summary>
internal sealed class RingKey(ApiKeyVerifier verifier)
{
    public Role Role => verifier.Role;

    public Admitted Admission { get; } = new($"key:{verifier.Id}");

    public ClaimsPrincipal Caller { get; } = Access.Caller.Of($"key:{verifier.Id}", verifier.Name, [verifier.Role], ApiKeyHandler.Scheme);

    /// <summary>Why it is of no use at that time; null if it is.</summary>
    public string? ProblemAt(DateTimeOffset now) => verifier switch
    {
        { RevokedAt: not null } => $"The API key '{verifier.Name}' was revoked.",
        { ExpiresAt: { } end } when now >= end => $"The API key '{verifier.Name}' expired at {end:u}.",
        _ => null,
    };
}

/// <summary>Marks a request whose key lets it in without ASP.NET's own middleware.</summary>
/// <param name="Caller">See <see cref="Access.Caller.Id"/>.</param>
internal sealed record Admitted(string Caller);
