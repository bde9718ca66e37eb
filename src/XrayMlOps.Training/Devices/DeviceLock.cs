namespace XrayMlOps.Training.Devices;

/// <summary>Keeps the trainers of a machine from sharing a GPU: whoever holds a file open for itself computes, the others wait.</summary>
internal static class DeviceLock
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The lock, held until it is disposed or the process ends; null where <paramref name="path"/> is.</summary>
    /// <exception cref="IOException">It was held elsewhere for longer than <paramref name="patience"/>, or cannot be opened.</exception>
    public static IDisposable? Take(string? path, TimeProvider time, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (path is null) return null;
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException problem) when (problem is not (DirectoryNotFoundException or PathTooLongException))
            {
                if (time.GetElapsedTime(started) >= patience)
                    throw new IOException($"{path}: the GPU that this file stands for is in use by another trainer ({problem.Message})", problem);
            }
            cancellationToken.WaitHandle.WaitOne(s_pause);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
