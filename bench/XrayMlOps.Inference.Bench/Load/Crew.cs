namespace XrayMlOps.Inference.Bench.Load;

/// <summary>Threads that block on their sockets: cheaper than tasks for a handful of connections, and sound for some hundreds.</summary>
internal static class Crew
{
    private const int StackBytes = 256 << 10;

    /// <summary>Runs the work once on each of so many threads, with their numbers, and throws what the first of them throws.</summary>
    public static void Run(int threads, Action<int> work)
    {
        Exception? failure = null;
        var crew = Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            try
            {
                work(number);
            }
            catch (Exception problem)
            {
                Interlocked.CompareExchange(ref failure, problem, null);
            }
        }, StackBytes)).ToArray();
        foreach (var thread in crew) thread.Start();
        foreach (var thread in crew) thread.Join();
        if (failure is not null) throw new InvalidOperationException(failure.Message, failure);
    }
}
