using System.Diagnostics;
using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Peers;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>Moves the champion between two models under load: no request fails, and each answer is that of the version which it names.</summary>
internal static class Swap
{
    private const int Requests = 10_000, Moves = 20;
    private const double Tolerance = 1e-4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(IReadOnlyList<ModelFile> models, Verdicts verdicts)
    {
        await using var platform = await Platform.StartAsync(models);
        var expected = models.Select(model => BareRuntime.Probabilities(model.Path)).ToArray();
        if (expected[0].Zip(expected[1], Distance).Min() is var apart && apart < 10 * Tolerance)
            throw new InvalidOperationException($"The two models answer alike ({apart:g2} apart on one film): give two that differ.");

        var (host, tensors) = (platform.Host.Address, Workload.Tensors(platform.Host.Address));
        SwapTally tally = new(expected, Tolerance);
        var load = Task.Run(() => Crew.Run(Throughput.Connections, _ => tally.Ask(host, tensors, atLeast: Requests)));
        var waits = new double[Moves];
        for (var move = 0; move < Moves && !load.IsCompleted; move++)
        {
            while (tally.Answered < (move + 1) * Requests / (Moves + 1) && !load.IsCompleted) await Task.Delay(1);
            platform.ControlPlane.Champion = 3 - platform.ControlPlane.Champion;
            var moved = Stopwatch.GetTimestamp();
            while (tally.Newest != platform.ControlPlane.Champion && !load.IsCompleted)
            {
                if (Stopwatch.GetElapsedTime(moved) > s_patience) throw new TimeoutException($"Version {platform.ControlPlane.Champion} is champion, but is not served after {s_patience.TotalSeconds:n0} s.");
                await Task.Delay(1);
            }
            waits[move] = Stopwatch.GetElapsedTime(moved).TotalMilliseconds;
        }
        tally.Finish();
        await load;

        Console.WriteLine($"{tally.Answered} tensors over {Throughput.Connections} connections, {Moves} moves: a new champion answered after {Verdicts.Median(waits):n0} ms (median), {waits.Max():n0} ms (longest)");
        foreach (var (failure, times) in tally.Failures) Console.WriteLine($"  {times} times: {failure}");
        verdicts.None("requests that failed", tally.Failures.Values.Sum());
        verdicts.None("answers that are not those of the version they name", tally.Wrong);
    }

    internal static float Distance(float[] one, float[] other) => one.Zip(other, (left, right) => Math.Abs(left - right)).Max();
}
