namespace XrayMlOps.Core.Runs;

/// <summary>Environment variables of the trainer process, set by whoever starts it.</summary>
public static class TrainerEnvironment
{
    /// <summary>
    /// Set to <c>1</c>, the trainer stops when its standard input ends: a worker that holds the other end takes its trainer
    /// with it when it dies. The worker acknowledges each finished epoch there (<see cref="TrainerAcknowledgement"/>). Unset, standard input is not read
    /// and nothing is waited for.
    /// </summary>
    public const string WatchStandardInput = "XRAY_TRAINER_WATCH_STDIN";

    /// <summary>Path of a file that the trainer keeps locked while it computes on a GPU, so that no two trainers of a machine share one; unset on a CPU.</summary>
    public const string DeviceLock = "XRAY_TRAINER_DEVICE_LOCK";

    /// <summary>
    /// Read when the process starts, so they cannot be set from inside; systems that do not know them ignore them.
    /// <list type="bullet">
    /// <item>By default glibc gives every large tensor back to the system and pays for it in page faults at the next step; with huge
    /// pages, training is about three times as fast.</item>
    /// <item>By default OpenMP's threads spin while they wait for each other. Where another process wants the same core, the thread
    /// waited for is then the one that does not run: passive waiting trains four to eight times as fast there.</item>
    /// </list>
    /// </summary>
    public static IReadOnlyDictionary<string, string> Recommended { get; } = new Dictionary<string, string>
    {
        ["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1",
        ["OMP_WAIT_POLICY"] = "passive",
    };
}
