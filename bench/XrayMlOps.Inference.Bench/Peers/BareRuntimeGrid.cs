namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>Looks for the way in which ONNX Runtime itself is fastest: one batch at a time on every core, or a batch a core, of several sizes.</summary>
internal static class BareRuntimeGrid
{
    private const int Finalists = 3;
    private static readonly int[] s_batches = [1, 2, 4, 8, 16, 32];

    /// <summary>
    /// Prints films a second of each way, and answers the fastest: of a final of more turns, since noise decides among all of them in few. What is measured
    /// beside it takes turns with it anew: the figure by which it was chosen flatters it.
    /// </summary>
    public static BareRuntime FindFastest(string model, BenchArguments arguments)
    {
        var cores = Environment.ProcessorCount;
        List<BareRuntime> runtimes =
        [
            .. from way in new[] { (Runs: 1, Threads: cores), (Runs: cores, Threads: 1) }.Distinct()
               from batch in s_batches
               select new BareRuntime(model, way.Runs, way.Threads, batch),
        ];
        var finalists = Fastest(Finalists, runtimes, arguments with { Rounds = 1 });
        return Fastest(1, finalists, arguments).Single();
    }

    /// <summary>Disposes of the others.</summary>
    private static List<BareRuntime> Fastest(int count, List<BareRuntime> runtimes, BenchArguments arguments)
    {
        var turns = Turns.Take([.. runtimes.Select(runtime => Contender.Alone(runtime.Name, runtime.Measure))], arguments);
        var fastest = runtimes.Index().OrderByDescending(runtime => turns.Rate(runtime.Index)).Select(runtime => runtime.Item).Take(count).ToList();
        foreach (var slow in runtimes.Except(fastest)) slow.Dispose();
        return fastest;
    }
}
