using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace XrayMlOps.Storage.Access;

/// <summary>Writes an audit entry with whatever a request saves, in the same transaction: there is neither without the other.</summary>
internal sealed class AuditInterceptor(TimeProvider clock) : SaveChangesInterceptor
{
    private readonly ConditionalWeakTable<DbContext, Pending> _pending = [];

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (AuditTrail.Current is not { } trail || eventData.Context is not { } context || AuditedChanges.Of(context) is not { IsEmpty: false } changes) return result;
        var own = context.Database.CurrentTransaction is null ? await context.Database.BeginTransactionAsync(cancellationToken) : null;
        _pending.AddOrUpdate(context, new Pending(trail, changes, own));
        return result;
    }

    public override async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (Take(eventData.Context) is not { } pending) return result;
        try
        {
            eventData.Context!.Add(pending.Trail.ToEntry(clock.GetUtcNow(), pending.Changes.Told()));
            await eventData.Context.SaveChangesAsync(cancellationToken);
            if (pending.Own is not null) await pending.Own.CommitAsync(cancellationToken);
        }
        finally
        {
            if (pending.Own is not null) await pending.Own.DisposeAsync();
        }
        return result;
    }

    public override async Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        if (Take(eventData.Context)?.Own is { } own) await own.DisposeAsync();
    }

    public override async Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default)
    {
        if (Take(eventData.Context)?.Own is { } own) await own.DisposeAsync();
    }

    private Pending? Take(DbContext? context)
    {
        if (context is null || !_pending.TryGetValue(context, out var pending)) return null;
        _pending.Remove(context);
        return pending;
    }

    /// <param name="Own">The transaction that was begun for this; null where the request had one.</param>
    private sealed record Pending(AuditTrail Trail, AuditedChanges Changes, IDbContextTransaction? Own);
}
