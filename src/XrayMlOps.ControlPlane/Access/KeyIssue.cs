using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using XrayMlOps.Core.Access;
using XrayMlOps.Core.Datasets;
using XrayMlOps.Storage;
using XrayMlOps.Storage.Access;

namespace XrayMlOps.ControlPlane.Access;

/// <summary>What asking for a key came to.</summary>
internal sealed record IssuedKey(ApiKey? Key, string? Text, ProblemHttpResult? Problem)
{
    public static IssuedKey Refused(ProblemHttpResult problem) => new(null, null, problem);
}

/// <summary>Makes, replaces and revokes keys of the registry.</summary>
internal sealed class KeyIssue(RegistryDbContext registry, RegistryKeys keys, TimeProvider clock)
{
    private const int LongestLife = 3_650;
    private const int LongestOverlap = 43_200;

    public async Task<IssuedKey> CreateAsync(CreateKeyRequest request, string? by, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        if (!DatasetReference.IsName(request.Name)) problems.Add($"name '{request.Name}': {DatasetReference.NameRule} are allowed");
        if (ProblemOfLife(request.ExpiresInDays) is { } problem) problems.Add(problem);
        if (problems.Count > 0) return IssuedKey.Refused(Refuse.Unprocessable(problems));

        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        var now = clock.GetUtcNow();
        if (await registry.ApiKeys.AnyAsync(key => key.Name == request.Name && key.RevokedAt == null, cancellationToken))
            return IssuedKey.Refused(Refuse.Conflict($"There is a key '{request.Name}' already: rotate or revoke it, or give another name."));
        var id = ApiKeyText.NewId();
        var text = ApiKeyText.New(id);
        var key = new ApiKey
        {
            Id = id,
            Name = request.Name,
            Role = request.Role,
            Digest = ApiKeyDigest.Of(text).ToString(),
            ExpiresAt = now.AddDays(request.ExpiresInDays),
            CreatedBy = by,
            CreatedAt = now,
        };
        registry.ApiKeys.Add(key);
        await SaveAsync(transaction, cancellationToken);
        return new IssuedKey(key, text, null);
    }

    public async Task<IssuedKey> RotateAsync(string id, RotateKeyRequest request, CancellationToken cancellationToken)
    {
        if (ProblemOfLife(request.ExpiresInDays) is { } problem) return IssuedKey.Refused(Refuse.Unprocessable(problem));
        if (request.OverlapMinutes is < 0 or > LongestOverlap) return IssuedKey.Refused(Refuse.Unprocessable($"overlapMinutes {request.OverlapMinutes}: 0 to {LongestOverlap:N0} are allowed"));
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.ApiKeys.FindAsync([id], cancellationToken) is not { } key) return IssuedKey.Refused(KeyEndpoints.NoKey(id));
        if (key.RevokedAt is not null) return IssuedKey.Refused(Refuse.Conflict($"The key '{key.Name}' was revoked: create another."));
        var now = clock.GetUtcNow();
        var text = ApiKeyText.New(id);
        var overlaps = request.OverlapMinutes > 0;
        (key.PreviousDigest, key.PreviousUntil) = (overlaps ? key.Digest : null, overlaps ? now.AddMinutes(request.OverlapMinutes) : null);
        (key.Digest, key.ExpiresAt, key.RotatedAt) = (ApiKeyDigest.Of(text).ToString(), now.AddDays(request.ExpiresInDays), now);
        await SaveAsync(transaction, cancellationToken);
        return new IssuedKey(key, text, null);
    }

    /// <summary>Whether there is such a key.</summary>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        await using var transaction = await registry.BeginAloneAsync(cancellationToken);
        if (await registry.ApiKeys.FindAsync([id], cancellationToken) is not { } key) return false;
        key.RevokedAt ??= clock.GetUtcNow();
        await SaveAsync(transaction, cancellationToken);
        return true;
    }

    private async Task SaveAsync(IDbContextTransaction transaction, CancellationToken cancellationToken)
    {
        await registry.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await keys.RefreshAsync(cancellationToken);
    }

    private static string? ProblemOfLife(int days) => days is >= 1 and <= LongestLife ? null : $"expiresInDays {days}: 1 to {LongestLife:N0} are allowed";
}
