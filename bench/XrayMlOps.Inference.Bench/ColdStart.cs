using System.Diagnostics;
using System.Net.Sockets;
using XrayMlOps.Inference.Bench.Load;
using XrayMlOps.Inference.Bench.Serving;

namespace XrayMlOps.Inference.Bench;

/// <summary>From the start of the process to its first good answer, with the model in its cache and no control plane; and its memory.</summary>
internal static class ColdStart
{
    private const int Starts = 5, Requests = 200, RetryMilliseconds = 5;
    private const double LongestSeconds = 1.5, MostMegabytes = 300;
    private static readonly Uri s_nobody = new("http://127.0.0.1:1"); // refuses connections
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task RunAsync(IReadOnlyList<ModelFile> models, Verdicts verdicts)
    {
        await using var platform = await Platform.StartAsync(models); // fills the cache
        await platform.Host.StopAsync();
        await using var host = platform.HostWith(s_nobody);
        foreach (var workload in Workload.All(host.Address))
        {
            List<double> seconds = [];
            List<ProcessMemory> memory = [];
            for (var start = 0; start < Starts; start++)
            {
                var launched = Stopwatch.GetTimestamp();
                host.Launch();
                AwaitAnswer(host.Address, workload.Requests[0], launched);
                seconds.Add(Stopwatch.GetElapsedTime(launched).TotalSeconds);
                Ask(host.Address, workload);
                memory.Add(ProcessMemory.Of(host.Id));
                await host.StopAsync();
            }
            Console.WriteLine($"{workload.Name}: first answer after {string.Join(", ", seconds.Order().Select(start => $"{start:n2}"))} s");
            verdicts.AtMost($"{workload.Name}: seconds to the first answer, median", Verdicts.Median(seconds), LongestSeconds);
            var (resident, peak) = (Verdicts.Median(memory.Select(read => read.Resident)), Verdicts.Median(memory.Select(read => read.Peak)));
            verdicts.AtMost($"{workload.Name}: megabytes after {Requests} requests, median", resident, MostMegabytes, "n0");
            verdicts.AtMost($"{workload.Name}: megabytes at most till then, median", peak, MostMegabytes, "n0");
        }
    }

    private static void AwaitAnswer(Uri host, byte[] request, long launched)
    {
        using HttpConnection connection = new(host);
        while (Stopwatch.GetElapsedTime(launched) < s_patience)
        {
            try
            {
                if (connection.Exchange(request).Status == 200) return;
            }
            catch (SocketException)
            {
                // it does not listen yet
            }
            Thread.Sleep(RetryMilliseconds);
        }
        throw new TimeoutException($"The host gives no good answer {s_patience.TotalSeconds:n0} s after its start.");
    }

    /// <summary>As many clients at once as any host serves: none may be turned away for what takes long only because it is new.</summary>
    private static void Ask(Uri host, Workload workload)
    {
        var next = -1;
        Crew.Run(Throughput.Connections, _ =>
        {
            using HttpConnection connection = new(host);
            for (int i; (i = Interlocked.Increment(ref next)) < Requests;)
            {
                var status = connection.Exchange(workload.Requests[i % workload.Requests.Count]).Status;
                if (status != 200) throw new InvalidOperationException($"A host that had just started answered {status}.");
            }
        });
    }
}
