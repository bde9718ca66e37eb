namespace XrayMlOps.Inference.Bench.Peers;

/// <summary>Looks for the way in which ONNX Runtime itself is fastest: one batch at a time on every core, or a batch a core, of several sizes.</summary>
internal static class BareRuntimeGrid
{
    private const int Finalists = 3;
    private static readonly int[] s_batches = [1, 2, 4, 8, 16, 32];

    /// <summary>Prints films a second of each way, and answers the fastest ones, which are then worth measuring beside the host.</summary>
    public static IReadOnlyList<BareRuntime> Search(string model, double seconds)
    {
        var cores = Environment.ProcessorCount;
        Console.WriteLine($"{"ONNX Runtime alone, films/s by batch",-40}{string.Concat(s_batches.Select(batch => $"{batch,8}"))}");
        List<(BareRuntime Runtime, double Rate)> measured = [];
        foreach (var (runs, threads) in new[] { (1, cores), (cores, 1) }.Distinct())
        {
            Console.Write($"  {$"{runs} at once, {threads} {(threads == 1 ? "thread" : "threads")} each",-38}");
            foreach (var batch in s_batches)
            {
                BareRuntime runtime = new(model, runs, threads, batch);
                measured.Add((runtime, runtime.Measure(seconds)));
                Console.Write($"{measured[^1].Rate,8:n1}");
            }
            Console.WriteLine();
        }
        measured.Sort((one, other) => other.Rate.CompareTo(one.Rate));
        foreach (var (runtime, _) in measured.Skip(Finalists)) runtime.Dispose();
        return [.. measured.Take(Finalists).Select(way => way.Runtime)];
    }
}
