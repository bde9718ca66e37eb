using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace XrayMlOps.Storage;

/// <summary>The registry's one lock: on SQLite the right to write, on PostgreSQL an advisory lock that goes with the transaction.</summary>
public static class RegistryTransactions
{
    // Any number would do: advisory locks are known by theirs.
    private const long Lock = 0x58_52_41_59;

    /// <summary>Begins a transaction that sees and makes its changes as if alone: it waits for others begun this way to end, and they for it.</summary>
    public static async Task<IDbContextTransaction> BeginAloneAsync(this RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (!registry.Database.IsNpgsql()) return await registry.Database.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
        // Each statement sees what was committed before it began: the first after the lock sees all that the holders before wrote.
        var transaction = await registry.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await registry.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Lock})", cancellationToken);
        return transaction;
    }

    /// <summary>Begins a transaction that waits for those that are alone, and they for it, but that others begun this way may run beside. (SQLite has none such.)</summary>
    internal static async Task<IDbContextTransaction> BeginBesideOthersAsync(this RegistryDbContext registry, CancellationToken cancellationToken)
    {
        if (!registry.Database.IsNpgsql()) return await registry.BeginAloneAsync(cancellationToken);
        var transaction = await registry.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await registry.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared({Lock})", cancellationToken);
        return transaction;
    }
}
