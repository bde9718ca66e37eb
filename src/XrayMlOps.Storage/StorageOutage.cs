using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using XrayMlOps.Core.Blobs;

namespace XrayMlOps.Storage;

/// <summary>Tells storage that is away, or busy, from what will fail again however often it is tried.</summary>
public static class StorageOutage
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;

    // Classes of SQLSTATE: connection exception, insufficient resources, operator intervention (a terminated connection), system error.
    private static readonly string[] s_passingClasses = ["08", "53", "57", "58"];

    /// <summary>Whether an exception, or what caused it, passes by itself.</summary>
    public static bool IsPassing(Exception? problem)
    {
        for (; problem is not null; problem = problem.InnerException)
        {
            if (problem is BlobStoreUnavailableException or DbException { IsTransient: true } or SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked }) return true;
            if (problem is PostgresException postgres && s_passingClasses.Any(start => postgres.SqlState.StartsWith(start, StringComparison.Ordinal))) return true;
            if (problem is NpgsqlException { InnerException: IOException or System.Net.Sockets.SocketException or TimeoutException }) return true;
        }
        return false;
    }

    /// <summary>Does work that may be done twice, again and again every second while storage is away, for as long as <paramref name="patience"/>.</summary>
    public static async Task<T> RideOutAsync<T>(Func<Task<T>> work, TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await work();
            }
            catch (Exception problem) when (problem is not OperationCanceledException && IsPassing(problem) && clock.GetElapsedTime(started) < patience)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }
    }
}
