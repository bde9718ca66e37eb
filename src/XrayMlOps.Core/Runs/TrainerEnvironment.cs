namespace XrayMlOps.Core.Runs;

/// <summary>Environment variables of the trainer process, set by whoever starts it.</summary>
public static class TrainerEnvironment
{
    /// <summary>
    /// Set to <c>1</c>, the trainer stops when its standard input ends: a worker that holds the other end takes its trainer
    /// with it when it dies. Unset, standard input is not read.
    /// </summary>
    public const string WatchStandardInput = "XRAY_TRAINER_WATCH_STDIN";

    /// <summary>
    /// Read once by the C library when the process starts, so they cannot be set from inside. By default glibc gives every large
    /// tensor back to the system and pays for it in page faults at the next step: training is about three times as fast with
    /// huge pages. Other systems ignore them.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Recommended { get; } = new Dictionary<string, string>
    {
        ["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1",
    };
}
